// Placement, which knows what every host has and has promised: it offers candidates and records claims.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const placement = defineService({
  name: "placement",
  type: "placement",
  components: {
    api: {
      workers: 8,
      workersSource: "placement-api under a WSGI server: one worker per CPU, 8 assumed",
      transport: "http",
      operations: {
        allocationCandidates: {
          time: 20 * MILLISECOND,
          perHost: 300,
          source: "S = 20 ms + 0.3 ms per candidate; launchpad 1828937 gives 5.5 s for 6000 providers as an upper bound",
          evidence: "assumed",
        },
        claimResources: {
          time: 30 * MILLISECOND,
          source: "PUT /allocations: a transaction over three resource classes",
          evidence: "assumed",
        },
        moveAllocations: {
          time: 30 * MILLISECOND,
          source: "POST /allocations: from the server to its migration or back, taken to be like a claim",
          evidence: "assumed",
        },
        deleteAllocations: { time: 20 * MILLISECOND, source: "DELETE /allocations", evidence: "assumed" },
      },
    },
  },
});
