/*
 * A client that can drain thousands of WebSocket connections on one core, so that it is never what limits.
 *
 *   drain PORT CONNECTIONS SECONDS MODE [TOKENS]
 *
 * MODE is ws (plain WebSocket at /), sio (Socket.IO: open, connect with one token a connection from the file
 * TOKENS, subscribe to the fleet view) or sio-plain (Socket.IO without token and subscription). Prints
 * "started" when all connections are up, then counts text and binary messages of at least 64 bytes for SECONDS
 * and prints one JSON line. A message may carry "ns":<CLOCK_MONOTONIC nanoseconds>; its age is then sampled.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 16
#define SAMPLE_MAX 256

typedef struct {
  int fd;
  unsigned char head[HEAD_MAX];
  int head_length;
  uint64_t left;
  char sample[SAMPLE_MAX + 1];
  int sample_length;
  uint64_t length;
} Connection;

static uint64_t messages, bytes;
static double *ages;
static size_t age_count, age_room;
static int counting;

static uint64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void send_text(int fd, const char *body) {
  size_t n = strlen(body);
  unsigned char frame[4096];
  size_t at = 0;
  if (n > sizeof frame - 16) die("message too long");
  frame[at++] = 0x81;
  if (n < 126) {
    frame[at++] = 0x80 | (unsigned char)n;
  } else {
    frame[at++] = 0x80 | 126;
    frame[at++] = (unsigned char)(n >> 8);
    frame[at++] = (unsigned char)n;
  }
  memset(frame + at, 0, 4);
  at += 4;
  memcpy(frame + at, body, n);
  if (write(fd, frame, at + n) < 0) die("write");
}

/* Reads one unfragmented frame while connecting; the socket is still blocking. */
static void read_exact(int fd, void *into, size_t n) {
  for (size_t got = 0; got < n;) {
    ssize_t r = read(fd, (char *)into + got, n - got);
    if (r <= 0) die("read while connecting");
    got += (size_t)r;
  }
}

static size_t read_frame(int fd, char *into, size_t room) {
  unsigned char h[2], more[8];
  read_exact(fd, h, 2);
  uint64_t n = h[1] & 127;
  if (n == 126) {
    read_exact(fd, more, 2);
    n = (uint64_t)more[0] << 8 | more[1];
  } else if (n == 127) {
    read_exact(fd, more, 8);
    n = 0;
    for (int i = 0; i < 8; i++) n = n << 8 | more[i];
  }
  size_t keep = n < room - 1 ? (size_t)n : room - 1;
  read_exact(fd, into, keep);
  into[keep] = 0;
  for (uint64_t rest = n - keep; rest > 0;) {
    char drop[4096];
    size_t part = rest < sizeof drop ? (size_t)rest : sizeof drop;
    read_exact(fd, drop, part);
    rest -= part;
  }
  return keep;
}

static void wait_for(int fd, const char *prefix) {
  char text[512];
  do {
    read_frame(fd, text, sizeof text);
    if (strcmp(text, "2") == 0) send_text(fd, "3");
    if (strncmp(text, "44", 2) == 0) {
      fprintf(stderr, "refused: %s\n", text);
      exit(1);
    }
  } while (strncmp(text, prefix, strlen(prefix)) != 0);
}

static int open_connection(int port, const char *mode, const char *token) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  int plain = strcmp(mode, "ws") == 0;
  const char *origin = getenv("DRAIN_ORIGIN") ? getenv("DRAIN_ORIGIN") : "http://localhost:3000";
  const char *path = getenv("DRAIN_PATH") ? getenv("DRAIN_PATH") : plain ? "/" : "/socket.io/?EIO=4&transport=websocket";
  char request[1024];
  int n = snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                   path, port, origin);
  if (write(fd, request, (size_t)n) != n) die("write");
  char answer[4096];
  size_t got = 0;
  while (got < 4 || memcmp(answer + got - 4, "\r\n\r\n", 4) != 0) {
    if (got == sizeof answer || read(fd, answer + got, 1) != 1) die("handshake");
    got++;
  }
  if (strncmp(answer, "HTTP/1.1 101", 12) != 0) {
    fprintf(stderr, "%.*s\n", (int)got, answer);
    exit(1);
  }
  if (plain) {
    const char *hello = getenv("DRAIN_HELLO");
    if (hello) send_text(fd, hello);
    return fd;
  }
  wait_for(fd, "0{");
  if (token) {
    char connect_packet[2048];
    snprintf(connect_packet, sizeof connect_packet, "40{\"token\":\"%s\"}", token);
    send_text(fd, connect_packet);
    wait_for(fd, "40");
    send_text(fd, "420[\"subscribe\",{\"view\":\"fleet\"}]");
    wait_for(fd, "430");
  } else {
    send_text(fd, "40");
    wait_for(fd, "40");
  }
  return fd;
}

static void message_done(Connection *c) {
  c->sample[c->sample_length] = 0;
  if (c->length == 1 && c->sample[0] == '2') {
    send_text(c->fd, "3");
    return;
  }
  if (!counting || c->length < 64) return;
  messages++;
  bytes += c->length;
  char *stamp = strstr(c->sample, "\"ns\":");
  if (!stamp) stamp = strstr(c->sample, "\\\"ns\\\":");
  if (!stamp || age_count >= age_room) return;
  stamp = strchr(stamp, ':') + 1;
  ages[age_count++] = (double)(monotonic_ns() - strtoull(stamp, NULL, 10)) / 1e6;
}

/* Feeds bytes through the frame parser of one connection. */
static void feed(Connection *c, const unsigned char *data, size_t n) {
  while (n > 0) {
    if (c->left == 0) {
      c->head[c->head_length++] = *data++;
      n--;
      int need = 2;
      if (c->head_length >= 2) need = (c->head[1] & 127) == 126 ? 4 : (c->head[1] & 127) == 127 ? 10 : 2;
      if (c->head_length < need) continue;
      uint64_t length = c->head[1] & 127;
      if (length >= 126) {
        length = 0;
        for (int i = 2; i < need; i++) length = length << 8 | c->head[i];
      }
      c->head_length = 0;
      c->sample_length = 0;
      c->left = c->length = length;
      if (length == 0) message_done(c);
      continue;
    }
    size_t part = n < c->left ? n : (size_t)c->left;
    size_t room = SAMPLE_MAX - (size_t)c->sample_length;
    size_t keep = part < room ? part : room;
    memcpy(c->sample + c->sample_length, data, keep);
    c->sample_length += (int)keep;
    data += part;
    n -= part;
    c->left -= part;
    if (c->left == 0) message_done(c);
  }
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double quantile(double q) {
  return age_count == 0 ? -1 : ages[(size_t)(q * (double)(age_count - 1))];
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "drain PORT CONNECTIONS SECONDS MODE [TOKENS]\n");
    return 2;
  }
  int port = atoi(argv[1]), count = atoi(argv[2]);
  double seconds = atof(argv[3]);
  FILE *tokens = argc > 5 ? fopen(argv[5], "r") : NULL;
  if (argc > 5 && !tokens) die(argv[5]);
  Connection *all = calloc((size_t)count, sizeof *all);
  age_room = 4000000;
  ages = malloc(age_room * sizeof *ages);
  int poll = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    char token[2048] = "";
    if (tokens && !fgets(token, sizeof token, tokens)) die("too few tokens");
    token[strcspn(token, "\r\n")] = 0;
    all[i].fd = open_connection(port, argv[4], tokens ? token : NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  printf("started\n");
  fflush(stdout);
  uint64_t settle = monotonic_ns() + 1000000000ull, begin = 0, end = UINT64_MAX;
  int closed = 0;
  unsigned char buffer[65536];
  while (monotonic_ns() < end) {
    if (!counting && monotonic_ns() >= settle) {
      counting = 1;
      begin = monotonic_ns();
      end = begin + (uint64_t)(seconds * 1e9);
    }
    struct epoll_event events[256];
    int ready = epoll_wait(poll, events, 256, 50);
    for (int i = 0; i < ready; i++) {
      Connection *c = events[i].data.ptr;
      ssize_t n = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n > 0) feed(c, buffer, (size_t)n);
      else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        epoll_ctl(poll, EPOLL_CTL_DEL, c->fd, NULL);
        closed++;
      }
    }
  }
  double elapsed = (double)(monotonic_ns() - begin) / 1e9;
  qsort(ages, age_count, sizeof *ages, by_value);
  printf("{\"messages\":%llu,\"bytes\":%llu,\"perSecond\":%.1f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"closed\":%d}\n",
         (unsigned long long)messages, (unsigned long long)bytes, (double)messages / elapsed, quantile(0.5), quantile(0.99), closed);
  return 0;
}
