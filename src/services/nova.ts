// Nova, the compute service: API server, message queue, database, conductor, scheduler, and a compute service on every host.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const nova = defineService({
  name: "nova",
  type: "compute",
  components: {
    api: {
      workers: 8,
      workersSource: "osapi_compute_workers: one per CPU, 8 assumed",
      transport: "http",
      operations: {
        createServer: { time: 60 * MILLISECOND, source: "policy, schema and flavor checks of POST /servers", evidence: "assumed" },
        deleteServer: { time: 40 * MILLISECOND, source: "DELETE /servers/{id}", evidence: "assumed" },
        evacuateServer: { time: 40 * MILLISECOND, source: "POST /servers/{id}/action evacuate, as a deletion", evidence: "assumed" },
        externalEvent: { time: 20 * MILLISECOND, source: "POST /os-server-external-events", evidence: "assumed" },
      },
    },
    messageQueue: {
      workers: 20,
      workersSource: "RabbitMQ: 5000 calls/s at 4 ms unloaded (oslo.messaging simulator, performance-docs), so 20 in parallel (derived)",
      transport: "local",
      operations: {
        deliver: {
          time: 4 * MILLISECOND,
          source: "unloaded RPC round trip 3.8 ms on an HA queue, performance-docs mq_ha",
          evidence: "verified",
        },
      },
    },
    database: {
      workers: 20,
      workersSource: "Galera under sysbench: best at 20 to 80 threads, performance-docs",
      transport: "local",
      operations: {
        createBuildRequest: {
          time: 9 * MILLISECOND,
          source: "a transaction takes 8.5 ms at 20 threads, performance-docs (sysbench OLTP)",
          evidence: "derived",
        },
        createInstance: { time: 9 * MILLISECOND, source: "the same", evidence: "derived" },
        saveInstance: { time: 9 * MILLISECOND, source: "the same", evidence: "derived" },
        destroyInstance: { time: 9 * MILLISECOND, source: "the same", evidence: "derived" },
      },
    },
    conductor: {
      workers: 8,
      workersSource: "[conductor] workers: one per CPU, 8 assumed",
      transport: "rpc",
      operations: {
        scheduleAndBuild: { time: 30 * MILLISECOND, source: "schedule_and_build_instances without its calls", evidence: "assumed" },
        rebuildInstance: { time: 30 * MILLISECOND, source: "rebuild_instance without its calls, as a build", evidence: "assumed" },
        buildInstances: { time: 30 * MILLISECOND, source: "build_instances after a failed build, without its calls", evidence: "assumed" },
      },
    },
    scheduler: {
      workers: 8,
      workersSource: "[scheduler] workers: one per CPU, 8 assumed",
      transport: "rpc",
      operations: {
        selectDestinations: {
          time: 10 * MILLISECOND,
          source: "request filters and the query to Placement, out of S = 50 ms + 0.2 ms per host",
          evidence: "assumed",
        },
        filterAndWeigh: {
          time: 40 * MILLISECOND,
          perHost: 200,
          source:
            "host states, filters and weighers, out of S = 50 ms + 0.2 ms per host; 0.82 ms per host of Rally's find_host_to_migrate is an upper bound",
          evidence: "assumed",
        },
      },
    },
    compute: {
      workers: 64,
      workersSource: "greenthreads of one nova-compute; builds are limited by max_concurrent_builds",
      transport: "rpc",
      scope: "host",
      operations: {
        buildAndRun: { time: 150 * MILLISECOND, source: "resource claim and preparation on the host", evidence: "assumed" },
        rebuild: { time: 150 * MILLISECOND, source: "rebuild claim and preparation on the host, as for a build", evidence: "assumed" },
        createDisk: { time: 200 * MILLISECOND, source: "overlay on a cached image, 0.1 to 0.3 s", evidence: "assumed" },
        spawn: {
          time: 1300 * MILLISECOND,
          source:
            "define and start the domain; set so that an idle cloud of 200 hosts boots in a median of 4.0 s (performance-docs, CCP, c = 5)",
          evidence: "derived",
        },
        terminate: {
          time: 150 * MILLISECOND,
          source: "power off and undefine; delete_server takes 0.43 s net of the client's 2 s",
          evidence: "derived",
        },
      },
    },
    buildSlot: {
      workers: 10,
      workersSource: "max_concurrent_builds 10 (nova/conf/compute.py), a semaphore on every host",
      transport: "local",
      scope: "host",
      operations: {},
    },
  },
});
