/* A made-up libnvidia-ml.so.1 with NVIDIA's structures: two boards, the second one in MIG mode with two instances.
 * It lacks nvmlDeviceGetComputeRunningProcesses_v3, as drivers before 510 do. */
#include <string.h>

typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned int gpu, memory; } utilization_t;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gpu_instance, compute_instance; } process_t;
typedef struct {
    unsigned int multiprocessors, copy_engines, decoders, encoders, jpeg, ofa, gpu_slices, compute_slices;
    unsigned long long memory_mib;
} attributes_t;

static const char *const UUIDS[] = {"GPU-0", "GPU-1", "MIG-a", "MIG-b"};
static int devices[4];

static int position(void *device) { return (int) ((int *) device - devices); }

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
const char *nvmlErrorString(int result) { return result == 0 ? "Success" : "Some Error"; }
int nvmlSystemGetDriverVersion(char *text, unsigned int length) { strncpy(text, "999.1", length); return 0; }
int nvmlSystemGetNVMLVersion(char *text, unsigned int length) { strncpy(text, "12.999.1", length); return 0; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) { *device = &devices[index]; return 0; }
int nvmlDeviceGetUUID(void *device, char *text, unsigned int length) {
    strncpy(text, UUIDS[position(device)], length);
    return 0;
}
int nvmlDeviceGetName(void *device, char *text, unsigned int length) {
    strncpy(text, position(device) == 2 ? "C board MIG 1g.10gb" : "C board", length);
    return 0;
}
int nvmlDeviceGetMemoryInfo(void *device, memory_t *memory) {
    memory->total = position(device) < 2 ? 80ULL << 30 : 9728ULL << 20;
    memory->used = 7ULL << 30;
    memory->free = memory->total - memory->used;
    return 0;
}
int nvmlDeviceGetUtilizationRates(void *device, utilization_t *utilization) {
    (void) device;
    utilization->gpu = 55;
    utilization->memory = 11;
    return 0;
}
int nvmlDeviceGetMigMode(void *device, unsigned int *current, unsigned int *pending) {
    *current = *pending = position(device) == 1;
    return 0;
}
int nvmlDeviceGetMaxMigDeviceCount(void *device, unsigned int *count) { (void) device; *count = 7; return 0; }
int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned int index, void **instance) {
    (void) device;
    if (index > 1) {
        return 6;
    }
    *instance = &devices[2 + index];
    return 0;
}
int nvmlDeviceGetAttributes_v2(void *device, attributes_t *attributes) {
    (void) device;
    memset(attributes, 0, sizeof *attributes);
    attributes->gpu_slices = 3;
    attributes->compute_slices = 1;
    attributes->memory_mib = 40192;
    return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v2(void *device, unsigned int *count, process_t *processes) {
    unsigned int room = *count;
    if (position(device) != 0) {
        *count = 0;
        return 0;
    }
    *count = 2;
    if (room < 2 || processes == 0) {
        return 7;
    }
    processes[0] = (process_t) {999999998u, 5, 0xffffffffu, 0xffffffffu};
    processes[1] = (process_t) {999999999u, 5, 0xffffffffu, 0xffffffffu};
    return 0;
}
