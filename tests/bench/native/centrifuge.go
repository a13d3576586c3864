// Centrifuge as a peer of the fan-out: publishes one message to a channel that every client is subscribed to.
//
//	centrifuge PORT MESSAGE_BYTES BROADCASTS_PER_SECOND
//
// 0 broadcasts a second means idle.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/centrifugal/centrifuge"
	"golang.org/x/sys/unix"
)

func number(i int) int {
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		log.Fatal(err)
	}
	return n
}

func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		log.Fatal(err)
	}
	return t.Nano()
}

func main() {
	port, size, rate := number(1), number(2), number(3)
	node, err := centrifuge.New(centrifuge.DefaultConfig)
	if err != nil {
		log.Fatal(err)
	}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{UserID: "bench"}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, reply centrifuge.SubscribeCallback) {
			reply(centrifuge.SubscribeReply{}, nil)
		})
	})
	if err := node.Run(); err != nil {
		log.Fatal(err)
	}
	if rate > 0 {
		go func() {
			for range time.Tick(time.Second / time.Duration(rate)) {
				stamp := fmt.Sprintf(`{"ns":%d,"x":"`, monotonic())
				body := stamp + strings.Repeat("x", size-len(stamp)-2) + `"}`
				if _, err := node.Publish("fleet", []byte(body)); err != nil {
					log.Fatal(err)
				}
			}
		}()
	}
	http.Handle("/connection/websocket", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		CheckOrigin: func(*http.Request) bool { return true },
	}))
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", port), nil))
}
