// A pool of threads that work on one operation together. Chunks are claimed one after another, so a thread that the
// system delays leaves its share to the others.
#include "NablaKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { most_threads = 256, spins = 2000 };

/// After a job that took longer than one thread would have, the owner works alone for this many times the loss. So a
/// machine that is busy with other work costs a few percent.
enum { caution = 32 };

/// The number of threads that the process may use, and that the calling thread may; 0 leaves it to the process.
static atomic_int process_threads = 1;
static _Thread_local int own_threads;
/// Whether the calling thread works on a chunk.
static _Thread_local int is_inside;

static struct {
  /// Held by the thread that has a job.
  pthread_mutex_t owner;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  atomic_int started, sleeping;
  /// Odd while a job is open.
  atomic_ulong generation;
  /// Threads that may touch the job.
  atomic_int working;
  atomic_long next;
  atomic_long chunks;
  atomic_int helpers;
  nabla_task *task;
  void *context;
  /// For the owner: the time until which it works alone.
  double alone_until;
} pool = {.owner = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

int nabla_use_threads(int count) {
  return atomic_exchange(&process_threads, count < 1 ? 1 : count > most_threads ? most_threads : count);
}

int nabla_limit_threads(int count) {
  int before = own_threads;
  own_threads = count < 0 ? 0 : count > most_threads ? most_threads : count;
  return before;
}

int nabla_thread_count(void) {
  if (is_inside) return 1;
  return own_threads ? own_threads : atomic_load_explicit(&process_threads, memory_order_relaxed);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/// Works on chunks until there are none; returns their number.
static long claim(void) {
  nabla_task *task = pool.task;
  void *context = pool.context;
  long chunks = atomic_load(&pool.chunks);
  long count = 0;
  is_inside = 1;
  for (;; count++) {
    long chunk = atomic_fetch_add(&pool.next, 1);
    if (chunk >= chunks) break;
    task(context, chunk);
  }
  is_inside = 0;
  return count;
}

static void *work(void *place) {
  int index = (int)(long)place;
  unsigned long seen = 0;
  for (;;) {
    unsigned long current;
    for (int spin = 0;; spin++) {
      current = atomic_load(&pool.generation);
      if (current != seen && (current & 1)) break;
      if (spin < spins) {
        relax();
        continue;
      }
      pthread_mutex_lock(&pool.lock);
      atomic_fetch_add(&pool.sleeping, 1);
      // The owner opens a job before it looks for sleeping threads, so one of the two sees the other.
      while (current = atomic_load(&pool.generation), current == seen || !(current & 1))
        pthread_cond_wait(&pool.wake, &pool.lock);
      atomic_fetch_sub(&pool.sleeping, 1);
      pthread_mutex_unlock(&pool.lock);
      break;
    }
    seen = current;
    atomic_fetch_add(&pool.working, 1);
    // The owner closes a job before it waits for working threads, so an open job stays until they leave.
    if (atomic_load(&pool.generation) == current && index < atomic_load(&pool.helpers)) claim();
    atomic_fetch_sub(&pool.working, 1);
  }
  return NULL;
}

/// Starts threads until there are this many; fewer if the system has no more.
static void start(int count) {
  pthread_attr_t attributes;
  if (atomic_load(&pool.started) >= count || pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  while (atomic_load(&pool.started) < count) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, work, (void *)(long)atomic_load(&pool.started)) != 0) break;
    atomic_fetch_add(&pool.started, 1);
  }
  pthread_attr_destroy(&attributes);
}

static void alone(long chunks, nabla_task *task, void *context) {
  for (long chunk = 0; chunk < chunks; chunk++) task(context, chunk);
}

void nabla_parallel(long chunks, nabla_task *task, void *context) {
  int threads = chunks > 1 ? nabla_thread_count() : 1;
  if (threads > chunks) threads = (int)chunks;
  if (threads <= 1 || pthread_mutex_trylock(&pool.owner) != 0) {
    alone(chunks, task, context);
    return;
  }
  double begin = now();
  if (begin < pool.alone_until) {
    pthread_mutex_unlock(&pool.owner);
    alone(chunks, task, context);
    return;
  }
  start(threads - 1);
  pool.task = task;
  pool.context = context;
  atomic_store(&pool.chunks, chunks);
  atomic_store(&pool.next, 0);
  atomic_store(&pool.helpers, threads - 1);
  atomic_fetch_add(&pool.generation, 1);
  if (atomic_load(&pool.sleeping) > 0) {
    pthread_mutex_lock(&pool.lock);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
  }
  double opened = now();
  long own = claim();
  double done = now();
  atomic_fetch_add(&pool.generation, 1);
  for (int spin = 0; atomic_load(&pool.working) != 0; spin++) {
    if (spin < spins) relax(); else sched_yield();
  }
  double end = now(), single = own > 0 ? (done - opened) / (double)own * (double)chunks : 0;
  double loss = (end - begin) - single;
  pool.alone_until = loss > 0 ? end + caution * loss : 0;
  pthread_mutex_unlock(&pool.owner);
}

void nabla_divide_work(double nanoseconds, long chunks, nabla_task *task, void *context) {
  if (nanoseconds >= NABLA_LEAST_SHARED) nabla_parallel(chunks, task, context);
  else alone(chunks, task, context);
}
