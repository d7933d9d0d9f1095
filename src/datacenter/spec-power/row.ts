// One published SPECpower_ssj2008 result: the machine as it was tested and its average watts at eleven load levels. A model was often
// tested more than once, with other processors, sockets or settings of its firmware; then key and test date tell the results apart.

export type SpecPowerRow = readonly [
  key: string,
  vendor: string,
  model: string,
  cpu: string,
  sockets: number,
  coresPerSocket: number,
  threadsPerCore: number,
  ramGb: number,
  /** ISO date. */
  testDate: string,
  /** At active idle, 10 %, ... 100 % load. */
  wattsByLoad: readonly number[],
];
