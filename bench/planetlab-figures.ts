// Energy of a PlanetLab day on 800 hosts without consolidation, as CloudSim 3.0.3 (46c46604) gives it and, with the deletion of idle
// machines patched out (strict), for 20110303; the strict figures of the other days are from an independent program that agrees with
// CloudSim on all of its own.

export interface PlanetLabFigures {
  readonly day: string;
  /** CloudSim as released: idle machines are deleted. */
  readonly compatible: { readonly kwh: number; readonly serversLost: number; readonly shutdowns: number };
  readonly strict: { readonly kwh: number; readonly shutdowns: number };
}

/** Where every host runs flat out; the same on every day. */
export const npaKwh = 2410.8;

type Row = readonly [day: string, kwh: number, serversLost: number, shutdowns: number, strictKwh: number, strictShutdowns: number];

const rows: readonly Row[] = [
  ["20110303", 802.75, 532, 455, 927.99, 571],
  ["20110306", 625.53, 523, 544, 791.57, 603],
  ["20110309", 704.93, 782, 584, 931.85, 735],
  ["20110322", 1011.14, 939, 386, 1323.91, 607],
  ["20110325", 789.25, 591, 466, 946.25, 594],
  ["20110403", 1070.46, 769, 360, 1289.72, 456],
  ["20110409", 935.01, 803, 409, 1191.3, 687],
  ["20110411", 888.42, 683, 427, 1085.54, 614],
  ["20110412", 763.48, 575, 475, 928.05, 621],
  ["20110420", 684.61, 634, 522, 905.9, 727],
];

export const planetLabFigures: readonly PlanetLabFigures[] = rows.map(([day, kwh, serversLost, shutdowns, strictKwh, strictShutdowns]) => ({
  day,
  compatible: { kwh, serversLost, shutdowns },
  strict: { kwh: strictKwh, shutdowns: strictShutdowns },
}));
