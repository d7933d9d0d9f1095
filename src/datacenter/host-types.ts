// Servers one can buy, with the power they draw. Each row is one published SPECpower_ssj2008 result: the machine as it was tested and its
// average watts at eleven load levels. The names are short keys for scenarios; the test date tells apart results of one model.
//
// Assumes that a share of SPEC's load (throughput relative to its maximum) costs what the same share of busy hardware threads costs. With
// turbo and hyper-threading an operating system shows somewhat less than 50 % at half load, so mid-range watts are slightly low.
// The tested machines carry little memory, one disk and no extra network cards: a fuller server draws more.
//
// @source SPECpower_ssj2008 published results, https://www.spec.org/power_ssj2008/results/ (see NOTICE)

export interface HostType {
  /** As a scenario writes it, e.g. `dell-r740-8280`. */
  readonly key: string;
  readonly vendor: string;
  readonly model: string;
  readonly cpu: string;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
  readonly cores: number;
  /** Hardware threads: the host's VCPU inventory before the allocation ratio. */
  readonly threads: number;
  /** Memory as tested; a scenario usually gives its own. */
  readonly ramMb: number;
  /** Average watts at active idle, 10 %, ... 100 % load: eleven values. */
  readonly wattsByLoad: readonly number[];
  /** ISO date of the test. */
  readonly testDate: string;
  readonly source: string;
}

type Row = readonly [
  key: string,
  vendor: string,
  model: string,
  cpu: string,
  sockets: number,
  coresPerSocket: number,
  threadsPerCore: number,
  ramGb: number,
  testDate: string,
  wattsByLoad: readonly number[],
];

const hp = "Hewlett-Packard Company";
const hpe = "Hewlett Packard Enterprise";
const lenovo = "Lenovo Global Technology";

// biome-ignore format: one result per row, to be compared with the published table by eye
const rows: readonly Row[] = [
  ["hp-ml110-g4", hp, "ProLiant ML110 G4", "Intel Xeon 3040", 1, 2, 1, 4, "2011-01-19",
    [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117]],
  ["hp-ml110-g5", hp, "ProLiant ML110 G5", "Intel Xeon 3075", 1, 2, 1, 4, "2011-01-19",
    [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135]],
  ["ibm-x3550-m3", "IBM Corporation", "System x3550 M3", "Intel Xeon X5675", 2, 6, 2, 16, "2011-03-28",
    [58.4, 98, 109, 118, 128, 140, 153, 170, 189, 205, 222]],
  ["hpe-dl360-gen9", hpe, "ProLiant DL360 Gen9", "Intel Xeon E5-2699 v3", 2, 18, 2, 64, "2015-09-08",
    [45, 83.7, 101, 118, 133, 145, 162, 188, 218, 248, 276]],
  ["dell-r740-8180", "Dell Inc.", "PowerEdge R740", "Intel Xeon Platinum 8180", 2, 28, 2, 192, "2017-08-27",
    [52.3, 129, 147, 170, 195, 224, 255, 292, 344, 408, 457]],
  ["hpe-dl380-gen10", hpe, "ProLiant DL380 Gen10", "Intel Xeon Platinum 8180", 2, 28, 2, 96, "2018-08-28",
    [49.3, 118, 145, 173, 203, 237, 271, 308, 366, 419, 461]],
  ["dell-r740-8280", "Dell Inc.", "PowerEdge R740", "Intel Xeon Platinum 8280", 2, 28, 2, 192, "2019-04-03",
    [49.8, 114, 137, 159, 182, 208, 240, 277, 319, 376, 432]],
  ["lenovo-sr650", lenovo, "ThinkSystem SR650", "Intel Xeon Platinum 8176", 2, 28, 2, 192, "2019-03-08",
    [67.7, 114, 136, 157, 178, 201, 225, 250, 273, 305, 352]],
  ["dell-r7515", "Dell Inc.", "PowerEdge R7515", "AMD EPYC 7742", 1, 64, 2, 128, "2019-09-02",
    [99.5, 117, 130, 141, 151, 164, 186, 205, 220, 236, 246]],
  ["dell-r7525", "Dell Inc.", "PowerEdge R7525", "AMD EPYC 7702", 2, 64, 2, 128, "2020-03-21",
    [72.3, 181, 207, 229, 250, 270, 294, 321, 347, 370, 393]],
  ["dell-r6515", "Dell Inc.", "PowerEdge R6515", "AMD EPYC 7702P", 1, 64, 2, 64, "2020-07-22",
    [54.5, 123, 139, 150, 161, 169, 181, 194, 207, 218, 231]],
  ["hpe-dl385-gen10plus-7763", hpe, "ProLiant DL385 Gen10 Plus", "AMD EPYC 7763", 2, 64, 2, 256, "2021-02-18",
    [120, 200, 232, 260, 287, 336, 391, 430, 470, 510, 546]],
  ["lenovo-sr665", lenovo, "ThinkSystem SR665", "AMD EPYC 7763", 2, 64, 2, 256, "2021-03-12",
    [79.3, 172, 194, 216, 239, 258, 281, 304, 332, 382, 454]],
  ["hpe-dl380-gen10plus", hpe, "ProLiant DL380 Gen10 Plus", "Intel Xeon Platinum 8380", 2, 40, 2, 256, "2021-05-31",
    [127, 198, 226, 253, 281, 314, 354, 405, 464, 576, 619]],
  ["fujitsu-rx2540-m6", "Fujitsu", "PRIMERGY RX2540 M6", "Intel Xeon Platinum 8380", 2, 40, 2, 256, "2021-05-18",
    [135, 198, 224, 249, 274, 302, 335, 378, 437, 489, 564]],
  ["hpe-dl385-gen10plus-7773x", hpe, "ProLiant DL385 Gen10 Plus", "AMD EPYC 7773X", 2, 64, 2, 256, "2022-02-25",
    [101, 207, 237, 265, 292, 328, 359, 417, 451, 507, 548]],
];

function hostType([key, vendor, model, cpu, sockets, coresPerSocket, threadsPerCore, ramGb, testDate, wattsByLoad]: Row): HostType {
  const cores = sockets * coresPerSocket;
  return {
    key,
    vendor,
    model,
    cpu,
    sockets,
    coresPerSocket,
    threadsPerCore,
    cores,
    threads: cores * threadsPerCore,
    ramMb: ramGb * 1024,
    wattsByLoad,
    testDate,
    source: `SPECpower_ssj2008 published result, ${testDate}`,
  };
}

/** By key, oldest machine first. */
export const hostTypes: ReadonlyMap<string, HostType> = new Map(rows.map((row) => [row[0], hostType(row)]));
