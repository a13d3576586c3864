/*
 * The floor of a fan-out: accepts WebSocket connections and writes one prebuilt frame to each of them,
 * once a client and message, with nothing else in the way.
 *
 *   floor PORT CONNECTIONS MESSAGE_BYTES BROADCASTS_PER_SECOND SECONDS
 *
 * 0 broadcasts a second means as fast as the kernel takes them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char ACCEPT[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static uint64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "floor PORT CONNECTIONS MESSAGE_BYTES BROADCASTS_PER_SECOND SECONDS\n");
    return 2;
  }
  int port = atoi(argv[1]), count = atoi(argv[2]), size = atoi(argv[3]), rate = atoi(argv[4]);
  double seconds = atof(argv[5]);
  int server = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 4096) < 0) die("listen");
  int *clients = calloc((size_t)count, sizeof *clients);
  for (int i = 0; i < count; i++) {
    clients[i] = accept(server, NULL, NULL);
    setsockopt(clients[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char request[4096];
    if (read(clients[i], request, sizeof request) <= 0) die("handshake");
    if (write(clients[i], ACCEPT, sizeof ACCEPT - 1) < 0) die("handshake");
  }
  unsigned char *frame = malloc((size_t)size + 4);
  frame[0] = 0x81;
  frame[1] = 126;
  frame[2] = (unsigned char)(size >> 8);
  frame[3] = (unsigned char)size;
  memset(frame + 4, 'x', (size_t)size);
  struct timespec before, after;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  uint64_t sent = 0, begin = monotonic_ns(), end = begin + (uint64_t)(seconds * 1e9), next = begin;
  while (monotonic_ns() < end) {
    int n = snprintf((char *)frame + 4, 64, "{\"ns\":%llu}", (unsigned long long)monotonic_ns());
    frame[4 + n] = 'x';
    for (int i = 0; i < count; i++) {
      if (send(clients[i], frame, (size_t)size + 4, MSG_NOSIGNAL) < 0) goto done;
      sent++;
    }
    if (rate == 0) continue;
    next += 1000000000ull / (uint64_t)rate;
    uint64_t now = monotonic_ns();
    if (next > now) {
      struct timespec pause = {.tv_sec = (time_t)((next - now) / 1000000000ull), .tv_nsec = (long)((next - now) % 1000000000ull)};
      nanosleep(&pause, NULL);
    }
  }
done:
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  double cpu = (double)(after.tv_sec - before.tv_sec) * 1e6 + (double)(after.tv_nsec - before.tv_nsec) / 1e3;
  printf("{\"sent\":%llu,\"cpuMicrosPerMessage\":%.3f}\n", (unsigned long long)sent, cpu / (double)(sent ? sent : 1));
  return 0;
}
