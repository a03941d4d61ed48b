/* Preloaded where the kernel has neither DMA heaps nor udmabuf: both become memory files, which libcamera and
 * picamera2 map like real buffers. Synchronising such a buffer has nothing to do. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

typedef int (*open_call)(const char *, int, mode_t);
typedef int (*ioctl_call)(int, unsigned long, void *);

static const char HEAPS[] = "/dev/dma_heap/";

static int is_heap(const char *path)
{
	return strncmp(path, HEAPS, strlen(HEAPS)) == 0 || strcmp(path, "/dev/udmabuf") == 0;
}

static int memory(size_t size)
{
	int fd = memfd_create("buffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, (off_t)size) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int opened(const char *name, const char *path, int flags, mode_t mode)
{
	if (is_heap(path))
		return memory(0);
	return ((open_call)dlsym(RTLD_NEXT, name))(path, flags, mode);
}

static mode_t mode_of(int flags, va_list rest)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list rest;

	va_start(rest, flags);
	mode_t mode = mode_of(flags, rest);
	va_end(rest);
	return opened("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list rest;

	va_start(rest, flags);
	mode_t mode = mode_of(flags, rest);
	va_end(rest);
	return opened("open64", path, flags, mode);
}

static int from_heap(struct dma_heap_allocation_data *wanted)
{
	int fd = memory(wanted->len);

	if (fd < 0)
		return -1;
	wanted->fd = (unsigned int)fd;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;

	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	/* Some callers hand the request over as a negative int. */
	request &= 0xffffffffUL;
	if (request == DMA_HEAP_IOCTL_ALLOC)
		return from_heap(argument);
	if (request == UDMABUF_CREATE)
		return dup((int)((struct udmabuf_create *)argument)->memfd);
	if (request == DMA_BUF_IOCTL_SYNC || request == DMA_BUF_SET_NAME_A || request == DMA_BUF_SET_NAME_B)
		return 0;
	return ((ioctl_call)dlsym(RTLD_NEXT, "ioctl"))(fd, request, argument);
}
