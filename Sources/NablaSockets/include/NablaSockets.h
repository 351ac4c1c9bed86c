#ifndef NABLA_SOCKETS_H
#define NABLA_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/// An event to wait for at a socket or pipe, and the result.
typedef struct {
  int descriptor;
  int wants_reading;
  int wants_writing;
  int can_read;
  int can_write;
  int has_failed;
} nabla_wait;

/// A socket that listens only on the loopback interface, at any free port for 0; a negative error code on failure.
int nabla_listen(uint16_t port, uint16_t *chosen);

/// The next waiting connection, set to non-blocking; negative if there is none.
int nabla_accept(int listener);

/// The number of bytes received: 0 at the end, -1 if there are none yet, -2 if the connection is broken.
long nabla_receive(int connection, void *bytes, size_t count);

/// The number of bytes sent: -1 if there is no room yet, -2 if the connection is broken.
long nabla_send(int connection, const void *bytes, size_t count);

/// Waits for an event or until the timeout; negative on failure.
int nabla_wait_for(nabla_wait *waits, size_t count, int milliseconds);

/// Tells the other side that no more data will come.
void nabla_finish_sending(int connection);

void nabla_close(int descriptor);

/// A non-blocking pipe: one end to read, one to write; a negative error code on failure.
int nabla_wake_pipe(int ends[2]);

/// Wakes the thread waiting at the other end of a pipe.
void nabla_wake(int write_end);

/// Empties a pipe after waking.
void nabla_clear(int read_end);

/// Wakes a pipe when the process is interrupted or terminated, instead of exiting.
void nabla_wake_on_interrupt(int write_end);

/// The system's message for an error.
const char *nabla_error_words(int error);

#endif
