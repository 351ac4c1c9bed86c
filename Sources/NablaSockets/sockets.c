#define _GNU_SOURCE
#include "NablaSockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { most_waits = 512 };

static int prepare(int descriptor) {
  if (descriptor < 0) return -1;
#ifdef SO_NOSIGPIPE
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return fcntl(descriptor, F_SETFD, FD_CLOEXEC) | fcntl(descriptor, F_SETFL, O_NONBLOCK);
}

int nabla_listen(uint16_t port, uint16_t *chosen) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) return -errno;
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (prepare(listener) != 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 128) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
    int error = errno;
    close(listener);
    return -error;
  }
  *chosen = ntohs(address.sin_port);
  return listener;
}

int nabla_accept(int listener) {
  int connection = accept(listener, 0, 0);
  if (connection >= 0 && prepare(connection) != 0) {
    close(connection);
    return -1;
  }
  return connection;
}

static long outcome(ssize_t count) {
  if (count >= 0) return count;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? -1 : -2;
}

long nabla_receive(int connection, void *bytes, size_t count) {
  return outcome(recv(connection, bytes, count, 0));
}

long nabla_send(int connection, const void *bytes, size_t count) {
#ifdef MSG_NOSIGNAL
  return outcome(send(connection, bytes, count, MSG_NOSIGNAL));
#else
  return outcome(send(connection, bytes, count, 0));
#endif
}

int nabla_wait_for(nabla_wait *waits, size_t count, int milliseconds) {
  struct pollfd polls[most_waits];
  if (count > most_waits) return -1;
  for (size_t i = 0; i < count; i++) {
    polls[i].fd = waits[i].descriptor;
    polls[i].events = (short)((waits[i].wants_reading ? POLLIN : 0) | (waits[i].wants_writing ? POLLOUT : 0));
    polls[i].revents = 0;
  }
  int ready = poll(polls, (nfds_t)count, milliseconds);
  if (ready < 0 && errno != EINTR) return -1;
  for (size_t i = 0; i < count; i++) {
    int came = ready < 0 ? 0 : polls[i].revents;
    waits[i].can_read = came & (POLLIN | POLLHUP) ? 1 : 0;
    waits[i].can_write = came & POLLOUT ? 1 : 0;
    waits[i].has_failed = came & (POLLERR | POLLNVAL) ? 1 : 0;
  }
  return ready < 0 ? 0 : ready;
}

void nabla_finish_sending(int connection) { shutdown(connection, SHUT_WR); }

void nabla_close(int descriptor) { close(descriptor); }

int nabla_wake_pipe(int ends[2]) {
  if (pipe(ends) != 0) return -errno;
  return prepare(ends[0]) | prepare(ends[1]);
}

void nabla_wake(int write_end) {
  char byte = 0;
  // A full pipe wakes too.
  ssize_t written = write(write_end, &byte, 1);
  (void)written;
}

void nabla_clear(int read_end) {
  char bytes[256];
  while (read(read_end, bytes, sizeof bytes) > 0) {
  }
}

static volatile sig_atomic_t interrupt_pipe = -1;

static void interrupted(int number) {
  (void)number;
  int error = errno;
  if (interrupt_pipe >= 0) nabla_wake(interrupt_pipe);
  errno = error;
}

void nabla_wake_on_interrupt(int write_end) {
  interrupt_pipe = write_end;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = interrupted;
  // A second interrupt ends the process at once.
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, 0);
  sigaction(SIGTERM, &action, 0);
}

const char *nabla_error_words(int error) { return strerror(error); }
