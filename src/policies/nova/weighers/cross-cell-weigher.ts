// Keeps a server that moves in its cell, where its move may cross cells at all.
import { defineWeigher } from "../weigher.ts";

export const crossCellWeigher = defineWeigher({
  name: "CrossCellWeigher",
  source: "nova/scheduler/weights/cross_cell.py",
  meaning: "Prefers hosts of the cell that a moving server is in.",
  needs: "cells",
  multiplier: {
    name: "cross_cell_move_weight_multiplier",
    default: 1_000_000,
    unit: "1",
    meaning: "Weight of staying in the cell in the sum; negative leaves it.",
  },
  minval: null,
  dependsOn: "destination",
  weigh: (hosts, { destination }) => {
    const cell = destination?.allowCrossCellMove === true ? destination.cell : null;
    return cell === null ? null : (host) => (hosts.cell(host) === cell ? 1 : -1);
  },
});
