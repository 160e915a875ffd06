/* tests/zoo/offender_parts.h - what the offenders of offenders.c need to offend: time, memory, a page that copies share. */
#ifndef CONVENE_ZOO_OFFENDER_PARTS_H
#define CONVENE_ZOO_OFFENDER_PARTS_H

#define _GNU_SOURCE
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "convene/adapter.h"
#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"

static convene_text text(const char* s) {
  convene_text t;
  t.data = s;
  t.size = strlen(s);
  return t;
}
static int is(convene_text t, const char* word) {
  return t.size == strlen(word) && memcmp(t.data, word, t.size) == 0;
}
static void spin(long microseconds) {
  volatile unsigned long i;
  for (i = 0; i < (unsigned long)microseconds * 400ul; ++i) {
  }
}
/* As long as the clock says: how fast a machine counts tells nothing about how long that takes. */
static void be_busy(long milliseconds) {
  struct timespec begin, now;
  (void)!clock_gettime(CLOCK_MONOTONIC, &begin);
  do {
    spin(1000);
    (void)!clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 <
           milliseconds);
}
static int contains(convene_text t, const char* word) {
  size_t i, n = strlen(word);
  for (i = 0; i + n <= t.size; ++i) {
    if (memcmp(t.data + i, word, n) == 0) return 1;
  }
  return 0;
}

/* One page for all copies of this library in a process: the first that comes is the elder. Byte 0: ruined. */
static char* page;
static int is_elder;
static void find_elder(void) {
  void* const at = (void*)0x5a5a00000000;
  if (page) return;
  page = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  is_elder = page == at;
  page = at;
}

/* In a process of its own, which a node has started; and there not for the first time. */
static int apart(void) { return getenv("CONVENE_PLUGIN") != NULL; }
static int apart_again(void) {
  const char* place = getenv("CONVENE_HOST_ENDPOINT");
  return apart() && place && strcmp(place + strlen(place) - 2, ".1") != 0;
}
static int lives_apart, lives_again;

static char* volatile hoarded;
static void hoard(size_t size) {
  hoarded = malloc(size);
  if (hoarded) memset(hoarded, 1, size);
}

/* Bytes that only wild questions have, and that are no trap of the level "hostile". */
static int is_wild(convene_text t) {
  size_t i;
  for (i = 0; i < t.size && t.size < 60; ++i) {
    if ((unsigned char)t.data[i] == 0x93) return 1;
  }
  return 0;
}

static void* lives_on(void* unused) {
  (void)unused;
  for (;;) pause();
  return NULL;
}
static void* ends_at_once(void* unused) { return unused; }

#endif
