// Guests as those who call and are called: they ask for an address, send and receive data, and use the cloud's APIs like any client.
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const vm = defineService({
  name: "vm",
  type: "guest",
  components: {
    guest: {
      workers: 1_000_000_000,
      workersSource: "every guest works by itself",
      transport: "http",
      operations: {
        configureNetwork: {
          time: 10 * MILLISECOND,
          delay: SECOND,
          source: "a DHCP client sets address, routes and resolvers",
          evidence: "assumed",
        },
        receiveImage: { time: 50 * MILLISECOND, source: "opening a file for the bytes, which are a transfer", evidence: "assumed" },
      },
    },
  },
});
