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
        liveMigrate: { time: 60 * MILLISECOND, source: "os-migrateLive, taken to be like POST /servers", evidence: "assumed" },
        resize: { time: 60 * MILLISECOND, source: "resize and migrate actions, taken to be like POST /servers", evidence: "assumed" },
        confirmResize: { time: 40 * MILLISECOND, source: "confirmResize action, taken to be like DELETE", evidence: "assumed" },
        revertResize: { time: 40 * MILLISECOND, source: "revertResize action, taken to be like DELETE", evidence: "assumed" },
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
        createMigration: { time: 9 * MILLISECOND, source: "the same", evidence: "derived" },
        saveMigration: { time: 9 * MILLISECOND, source: "the same", evidence: "derived" },
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
        liveMigrate: { time: 30 * MILLISECOND, source: "live_migrate_instance without its calls", evidence: "assumed" },
        migrateServer: {
          time: 30 * MILLISECOND,
          source: "migrate_server, a cold migration or resize, without its calls",
          evidence: "assumed",
        },
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
          delayByHypervisor: true,
          source:
            "define and start the domain; set so that an idle cloud of 200 hosts boots in a median of 4.0 s (performance-docs, CCP, c = 5)",
          evidence: "derived",
        },
        terminate: {
          time: 150 * MILLISECOND,
          source: "power off and undefine; delete_server takes 0.43 s net of the client's 2 s",
          evidence: "derived",
        },
        checkCanLiveMigrateDestination: {
          time: 100 * MILLISECOND,
          source: "CPU comparison and the claim, check_can_live_migrate_destination",
          evidence: "assumed",
        },
        checkCanLiveMigrateSource: { time: 100 * MILLISECOND, source: "check_can_live_migrate_source", evidence: "assumed" },
        liveMigration: { time: 50 * MILLISECOND, source: "live_migration up to its queue", evidence: "assumed" },
        preLiveMigration: {
          time: 2850 * MILLISECOND,
          source:
            "what is left of 5 s before the copying after everything else (Rally live_migrate: median 15 s, 10 to 13 s of it orchestration in Mitaka with 3 s of polling; 5 + 2 s since taken)",
          evidence: "assumed",
        },
        postLiveMigration: {
          time: 820 * MILLISECOND,
          source: "clean-up on the source: half of what is left of 2 s after the copying after everything else",
          evidence: "assumed",
        },
        postLiveMigrationAtDestination: {
          time: 820 * MILLISECOND,
          source: "the domain is written down on the destination: the other half",
          evidence: "assumed",
        },
        rollbackLiveMigration: { time: 300 * MILLISECOND, source: "_rollback_live_migration without its calls", evidence: "assumed" },
        rollbackLiveMigrationAtDestination: { time: 300 * MILLISECOND, source: "the destroyed domain's clean-up", evidence: "assumed" },
        prepResize: { time: 150 * MILLISECOND, source: "resize claim on the destination, taken to be like a build's", evidence: "assumed" },
        powerOff: {
          time: 5000 * MILLISECOND,
          source: "a guest that shuts itself down, within shutdown_timeout 60 s",
          evidence: "assumed",
        },
        resizeInstance: { time: 150 * MILLISECOND, source: "disks renamed and listed before they are copied", evidence: "assumed" },
        finishResize: { time: 150 * MILLISECOND, source: "disks resized on the destination", evidence: "assumed" },
        confirmResize: { time: 150 * MILLISECOND, source: "old disks removed, taken to be like terminate", evidence: "assumed" },
        revertResize: { time: 150 * MILLISECOND, source: "the new domain destroyed, as terminate", evidence: "assumed" },
        finishRevertResize: { time: 150 * MILLISECOND, source: "old disks renamed back", evidence: "assumed" },
      },
    },
    buildSlot: {
      workers: 10,
      workersSource: "max_concurrent_builds 10 (nova/conf/compute.py), a semaphore on every host",
      transport: "local",
      scope: "host",
      operations: {},
    },
    liveMigrationSlot: {
      workers: 1,
      workersSource: "max_concurrent_live_migrations 1 (nova/conf/compute.py), a semaphore on every source host",
      transport: "local",
      scope: "host",
      operations: {},
    },
  },
});
