// Swift, the object store: proxies that clients talk to, and account, container and object servers on storage nodes. Bytes of objects are flows
// over the network and the devices, not service times. The workers are those of one proxy, or of one storage node; a scenario's object store has
// as many of them as it has proxies and nodes, in one pool.
//
// Times are assumed: what a request takes in Python and in the filesystem besides moving its bytes. Those of a listing leave out its length.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

const proxied = (verb: string) => `${verb} through the proxy's middleware, without what it waits for`;
const FSYNC = "fsync and rename of a file, its metadata as extended attributes";
const READ = "opening a file and reading its metadata from the inode";
const DATABASE = "a row in an SQLite database";

export const swift = defineService({
  name: "swift",
  type: "object-store",
  components: {
    proxy: {
      workers: 8,
      workersSource: "proxy-server.conf: workers = auto, one per CPU, 8 assumed for each proxy",
      transport: "http",
      operations: {
        putObject: { time: 5 * MILLISECOND, source: proxied("PUT"), evidence: "assumed" },
        getObject: { time: 4 * MILLISECOND, source: proxied("GET"), evidence: "assumed" },
        headObject: { time: 3 * MILLISECOND, source: proxied("HEAD"), evidence: "assumed" },
        postObject: { time: 4 * MILLISECOND, source: proxied("POST"), evidence: "assumed" },
        deleteObject: { time: 4 * MILLISECOND, source: proxied("DELETE"), evidence: "assumed" },
        putContainer: { time: 4 * MILLISECOND, source: proxied("PUT"), evidence: "assumed" },
        postContainer: { time: 4 * MILLISECOND, source: proxied("POST"), evidence: "assumed" },
        deleteContainer: { time: 4 * MILLISECOND, source: proxied("DELETE"), evidence: "assumed" },
        listObjects: { time: 5 * MILLISECOND, source: proxied("GET of a container"), evidence: "assumed" },
        listContainers: { time: 5 * MILLISECOND, source: proxied("GET of an account"), evidence: "assumed" },
        showAccount: { time: 3 * MILLISECOND, source: proxied("HEAD of an account"), evidence: "assumed" },
      },
    },
    object: {
      workers: 8,
      workersSource: "object-server.conf: workers = auto, one per CPU, 8 assumed for each node",
      transport: "http",
      operations: {
        putObject: { time: 10 * MILLISECOND, source: FSYNC, evidence: "assumed" },
        getObject: { time: 8 * MILLISECOND, source: READ, evidence: "assumed" },
        headObject: { time: 8 * MILLISECOND, source: READ, evidence: "assumed" },
        postObject: { time: 10 * MILLISECOND, source: FSYNC, evidence: "assumed" },
        deleteObject: { time: 10 * MILLISECOND, source: `${FSYNC}: a tombstone`, evidence: "assumed" },
        replicate: { time: 20 * MILLISECOND, source: "REPLICATE: the hashes of a part's suffixes, compared", evidence: "assumed" },
      },
    },
    container: {
      workers: 8,
      workersSource: "container-server.conf: workers = auto, one per CPU, 8 assumed for each node",
      transport: "http",
      operations: {
        putContainer: { time: 10 * MILLISECOND, source: "a new SQLite database", evidence: "assumed" },
        postContainer: { time: 5 * MILLISECOND, source: DATABASE, evidence: "assumed" },
        deleteContainer: { time: 5 * MILLISECOND, source: DATABASE, evidence: "assumed" },
        listObjects: { time: 5 * MILLISECOND, source: "a query over an SQLite database", evidence: "assumed" },
        updateObject: { time: 2 * MILLISECOND, source: `${DATABASE}, of those that are written together`, evidence: "assumed" },
      },
    },
    account: {
      workers: 8,
      workersSource: "account-server.conf: workers = auto, one per CPU, 8 assumed for each node",
      transport: "http",
      operations: {
        updateContainer: { time: 2 * MILLISECOND, source: DATABASE, evidence: "assumed" },
        listContainers: { time: 5 * MILLISECOND, source: "a query over an SQLite database", evidence: "assumed" },
        showAccount: { time: 3 * MILLISECOND, source: "the totals of an SQLite database", evidence: "assumed" },
      },
    },
  },
});
