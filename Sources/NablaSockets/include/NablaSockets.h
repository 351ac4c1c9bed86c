#ifndef NABLA_SOCKETS_H
#define NABLA_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/// What to wait for at a socket or pipe, and what came.
typedef struct {
  int descriptor;
  int wants_reading;
  int wants_writing;
  int can_read;
  int can_write;
  int has_failed;
} nabla_wait;

/// A socket that listens on the loopback interface alone, at any free port for 0; negative, the error, where it fails.
int nabla_listen(uint16_t port, uint16_t *chosen);

/// The next connection that waits; negative where there is none. Nothing on it blocks.
int nabla_accept(int listener);

/// How many bytes came: 0 at the end, -1 where there are none yet, -2 where the connection is broken.
long nabla_receive(int connection, void *bytes, size_t count);

/// How many bytes went out: -1 where there is no room yet, -2 where the connection is broken.
long nabla_send(int connection, const void *bytes, size_t count);

/// Waits until something can be done or the time is over; negative where waiting fails.
int nabla_wait_for(nabla_wait *waits, size_t count, int milliseconds);

/// Tells the other side that nothing more will come.
void nabla_finish_sending(int connection);

void nabla_close(int descriptor);

/// A pipe of which neither end blocks: one to read, one to write; negative, the error, where it fails.
int nabla_wake_pipe(int ends[2]);

/// Wakes whoever waits at the other end of a pipe.
void nabla_wake(int write_end);

/// Takes what woke from a pipe.
void nabla_clear(int read_end);

/// Wakes a pipe when the process is interrupted or told to end, in place of dying.
void nabla_wake_on_interrupt(int write_end);

/// The error in the system's words.
const char *nabla_error_words(int error);

#endif
