import { it } from "vitest";
import { closedLoop, reads4k, writes4k } from "/work/wt/storage/test/datacenter/storage/closed-loop.ts";
import { storageDevices } from "/work/wt/storage/src/datacenter/storage/devices.ts";
import { iopsOf } from "/work/wt/storage/src/datacenter/storage/device.ts";
it("x", () => {
  for (const [key, d] of storageDevices) for (const mix of [reads4k, writes4k, {writeShare:.3,sequentialShare:0,bytes:4096},{writeShare:0,sequentialShare:1,bytes:131072},{writeShare:1,sequentialShare:1,bytes:131072}, {writeShare:.3,sequentialShare:.5,bytes:16384}]) for (const qd of [1,4,8,32]) {
    const m = closedLoop(d.model, mix, qd, d.medium==="disk" ? 100e6 : 1e6);
    console.log(key, JSON.stringify(mix), qd, m.iops.toFixed(1), iopsOf(d.model, mix, qd).toFixed(1), (m.iops/iopsOf(d.model,mix,qd)).toFixed(4), m.meanLatencyMicros.toFixed(1), m.little);
  }
});
