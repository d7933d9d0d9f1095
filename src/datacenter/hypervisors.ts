// What a hypervisor changes in this model: the name under which Nova knows it, what a guest costs beside its own CPU time and memory, how a
// host may be relieved that has promised more memory than it has, and whether servers can leave while they run. Bare metal is the hypervisor
// that is not there: nothing is shared, nothing costs extra, and nobody moves.
//
// The host spends (1 + cpuOverhead) busy threads per busy vCPU; it never has more threads than it has.
import type { Evidence, Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";

export interface Hypervisor {
  /** As a scenario writes it: `kvm`. */
  readonly key: string;
  /** `hypervisor_type` of the compute node, as Nova's driver reports it. KVM and QEMU guests both run under libvirt's QEMU driver. */
  readonly hypervisorType: Parameter<string>;
  /** Names under which an image may ask for it (`img_hv_type`). */
  readonly supported: readonly string[];
  /** Extra host CPU time per unit of guest CPU time. */
  readonly cpuOverhead: Parameter;
  /** Host memory of a guest beside its RAM: so many MiB, ... */
  readonly memoryOverheadMb: Parameter;
  /** ... so many more for each vCPU, ... */
  readonly memoryOverheadPerVcpuMb: Parameter;
  /** ... and this share of its RAM, for the tables that map it. */
  readonly memoryOverheadShare: Parameter;
  /** Microseconds that virtual network devices add to a round trip. */
  readonly networkRoundTripMicros: Parameter;
  /** CPUs and memory may be promised more than once. */
  readonly overcommit: Parameter<boolean>;
  /** A host holds one server at a time, which has all of it. */
  readonly oneServerPerHost: Parameter<boolean>;
  /** Identical pages of guests are merged. */
  readonly memoryMerging: Parameter<boolean>;
  /** Guests can be made to give memory back. */
  readonly memoryBallooning: Parameter<boolean>;
  /** The host can put pages of guests on disk. */
  readonly memorySwapping: Parameter<boolean>;
  /** Nova can move a running server to another host. */
  readonly liveMigration: Parameter<boolean>;
  /** A live migration can end with the server running before its memory has come. */
  readonly postCopy: Parameter<boolean>;
  /** Nova can move a server that is shut down to another host, and resize it. */
  readonly coldMigration: Parameter<boolean>;
  /** Microseconds from a defined domain to a server that Nova takes for running, beyond those of libvirt. */
  readonly spawnMicros: Parameter;
}

/** A value with where it comes from. */
type Known<T> = readonly [value: T, source: string, evidence: Evidence];
type Facts = { readonly [Name in Exclude<keyof Hypervisor, "key" | "supported">]: Known<Hypervisor[Name]["value"]> };

const libvirtType = "nova/virt/libvirt/host.py get_driver_type: what libvirt calls the connection";
const noComparison = "no figure carried over; measurements rank the hypervisors differently for each workload (Hwang et al., IM 2013)";
const asKvm = `as for kvm: ${noComparison}`;
const matrix = "nova, doc/source/user/support-matrix.ini: operation.live-migrate";
const forceComplete = "nova, doc/source/user/support-matrix.ini: operation.force-live-migration-to-complete";
const ironicDoc = "nova, doc/source/admin/configuration/hypervisor-ironic.rst: one instance a compute node; no migration";
const noLayer = "no software between the server and the machine";
const openShift = "OpenShift Virtualization, physical resource overhead: 218 MiB + 8 MiB x vCPUs + 0.002 x RAM, its own helpers included";
const xenApi = "nova/virt/xenapi/driver.py: OVERHEAD_BASE, OVERHEAD_PER_VCPU, OVERHEAD_PER_MB (driver removed in later releases)";
const hyperV = "Microsoft: 32 MB for the first GB of RAM, 8 MB for each further GB";

const kvm: Facts = {
  hypervisorType: ["QEMU", libvirtType, "from memory"],
  cpuOverhead: [0.03, "Felter et al., IBM Research Report RC25482 (2014); range 0 to 0.05", "from memory"],
  memoryOverheadMb: [218, openShift, "verified"],
  memoryOverheadPerVcpuMb: [8, openShift, "verified"],
  memoryOverheadShare: [0.002, openShift, "verified"],
  networkRoundTripMicros: [30, "Felter et al., IBM Research Report RC25482 (2014)", "from memory"],
  overcommit: [true, "nova/conf/compute.py: cpu_allocation_ratio, ram_allocation_ratio", "verified"],
  oneServerPerHost: [false, "hosts hold as many servers as they have room for", "verified"],
  memoryMerging: [true, "Linux, admin-guide/mm/ksm.rst: the QEMU process offers guest memory for merging", "from memory"],
  memoryBallooning: [true, "virtio-balloon, which Nova gives every guest; nothing in Nova inflates it", "from memory"],
  memorySwapping: [true, "guests are processes of the host", "from memory"],
  liveMigration: [true, matrix, "verified"],
  postCopy: [true, `${forceComplete}, requires libvirt 1.3.3 and QEMU 2.5`, "verified"],
  coldMigration: [true, "nova, doc/source/user/support-matrix.ini: operation.migrate, operation.resize", "from memory"],
  spawnMicros: [0, "nova.compute.spawn is that of libvirt with kvm", "derived"],
};

const drivers: Readonly<Record<string, { readonly supported: readonly string[]; readonly facts: Facts }>> = {
  kvm: { supported: ["kvm", "qemu"], facts: kvm },
  qemu: {
    supported: ["qemu"],
    facts: {
      ...kvm,
      cpuOverhead: [9, "software emulation taken to cost ten host instructions per guest instruction", "assumed"],
      networkRoundTripMicros: [300, "ten times that of kvm, as the CPU time", "assumed"],
      spawnMicros: [0, "as kvm: Nova does not wait for the guest's own boot", "derived"],
    },
  },
  xen: {
    supported: ["xen"],
    facts: {
      ...kvm,
      hypervisorType: ["Xen", libvirtType, "from memory"],
      cpuOverhead: [0.03, asKvm, "assumed"],
      memoryOverheadMb: [3, xenApi, "verified"],
      memoryOverheadPerVcpuMb: [1.5, xenApi, "verified"],
      memoryOverheadShare: [0.00781, xenApi, "verified"],
      networkRoundTripMicros: [30, asKvm, "assumed"],
      memoryMerging: [false, "memory sharing between Xen domains never left its experiments", "from memory"],
      memoryBallooning: [true, "Xen, dynamic memory: domains balloon between a minimum and a maximum", "from memory"],
      memorySwapping: [false, "xenpaging never left its experiments", "from memory"],
      postCopy: [false, `${forceComplete}: missing for libvirt-xen`, "verified"],
      spawnMicros: [0, `as for kvm: ${noComparison}`, "assumed"],
    },
  },
  vmware: {
    supported: ["vmware"],
    facts: {
      ...kvm,
      hypervisorType: ["VMware vCenter Server", "nova/virt/vmwareapi/host.py: name of the service", "verified"],
      cpuOverhead: [0.03, asKvm, "assumed"],
      memoryOverheadMb: [30, "some tens of MiB for small guests in VMware's resource management guide", "assumed"],
      memoryOverheadPerVcpuMb: [10, "a few to some tens of MiB in VMware's resource management guide", "assumed"],
      memoryOverheadShare: [0.005, "some MiB a GiB in VMware's resource management guide", "assumed"],
      networkRoundTripMicros: [30, asKvm, "assumed"],
      memoryMerging: [
        false,
        "page sharing between guests is off by default since ESXi 6.0 (salting); within a guest it is not modelled",
        "from memory",
      ],
      memoryBallooning: [true, "vmmemctl, the balloon driver of VMware Tools", "from memory"],
      memorySwapping: [true, "a .vswp file for each guest", "from memory"],
      liveMigration: [true, "vMotion, in Nova's driver since Stein; the support matrix of older releases says missing", "from memory"],
      postCopy: [false, `${forceComplete}: missing for vmware; vMotion slows the guest down instead`, "verified"],
      spawnMicros: [0, `as for kvm: ${noComparison}`, "assumed"],
    },
  },
  hyperv: {
    supported: ["hyperv"],
    facts: {
      ...kvm,
      hypervisorType: ["hyperv", "nova/virt/hyperv/hostops.py (driver removed in later releases)", "verified"],
      cpuOverhead: [0.03, asKvm, "assumed"],
      memoryOverheadMb: [24, hyperV, "from memory"],
      memoryOverheadPerVcpuMb: [0, hyperV, "from memory"],
      memoryOverheadShare: [0.0078125, hyperV, "from memory"],
      networkRoundTripMicros: [30, asKvm, "assumed"],
      memoryMerging: [false, "Hyper-V does not merge pages", "from memory"],
      memoryBallooning: [true, "Dynamic Memory; [hyperv] dynamic_memory_ratio has to be set", "from memory"],
      memorySwapping: [false, "Smart Paging serves guests that restart, not those that run", "from memory"],
      postCopy: [false, `${forceComplete}: missing for hyperv`, "verified"],
      spawnMicros: [0, `as for kvm: ${noComparison}`, "assumed"],
    },
  },
  ironic: {
    supported: ["baremetal"],
    facts: {
      hypervisorType: ["ironic", "nova/virt/ironic/driver.py: _get_hypervisor_type", "verified"],
      cpuOverhead: [0, noLayer, "derived"],
      memoryOverheadMb: [0, noLayer, "derived"],
      memoryOverheadPerVcpuMb: [0, noLayer, "derived"],
      memoryOverheadShare: [0, noLayer, "derived"],
      networkRoundTripMicros: [0, noLayer, "derived"],
      overcommit: [false, ironicDoc, "verified"],
      oneServerPerHost: [true, ironicDoc, "verified"],
      memoryMerging: [false, noLayer, "derived"],
      memoryBallooning: [false, noLayer, "derived"],
      memorySwapping: [false, "what the server's own system swaps is its own business", "derived"],
      liveMigration: [false, ironicDoc, "verified"],
      postCopy: [false, ironicDoc, "verified"],
      coldMigration: [false, ironicDoc, "verified"],
      spawnMicros: [600_000_000, "power on self test, network boot and the writing of the image: some five to fifteen minutes", "assumed"],
    },
  },
};

function hypervisor(key: string, supported: readonly string[], facts: Facts): Hypervisor {
  const declare = <T extends number | string | boolean>(name: string, unit: string, meaning: string, [value, source, evidence]: Known<T>) =>
    parameter<T>({ name: `hypervisors.${key}.${name}`, value, unit, meaning, source, evidence });
  return {
    key,
    supported,
    hypervisorType: declare("hypervisor_type", "text", "Name under which Nova reports the hypervisor.", facts.hypervisorType),
    cpuOverhead: declare("cpu_overhead", "1", "Extra host CPU time per unit of guest CPU time.", facts.cpuOverhead),
    memoryOverheadMb: declare("memory_overhead", "MiB", "Host memory of a guest beside its RAM.", facts.memoryOverheadMb),
    memoryOverheadPerVcpuMb: declare("memory_overhead_per_vcpu", "MiB", "The same for each vCPU.", facts.memoryOverheadPerVcpuMb),
    memoryOverheadShare: declare("memory_overhead_share", "1", "The same as a share of the guest's RAM.", facts.memoryOverheadShare),
    networkRoundTripMicros: declare(
      "network_round_trip",
      "us",
      "Time that virtual network devices add to a round trip.",
      facts.networkRoundTripMicros,
    ),
    overcommit: declare("overcommit", "1", "CPUs and memory may be promised more than once.", facts.overcommit),
    oneServerPerHost: declare("one_server_per_host", "1", "A host holds one server, which has all of it.", facts.oneServerPerHost),
    memoryMerging: declare("memory_merging", "1", "Identical pages of guests are merged.", facts.memoryMerging),
    memoryBallooning: declare("memory_ballooning", "1", "Guests can be made to give memory back.", facts.memoryBallooning),
    memorySwapping: declare("memory_swapping", "1", "The host can put pages of guests on disk.", facts.memorySwapping),
    liveMigration: declare("live_migration", "1", "Nova can move a running server to another host.", facts.liveMigration),
    postCopy: declare("post_copy", "1", "A live migration can end before the memory has come.", facts.postCopy),
    coldMigration: declare("cold_migration", "1", "Nova can move a server that is shut down, and resize it.", facts.coldMigration),
    spawnMicros: declare("spawn_time", "us", "Time to spawn a server, beyond that of libvirt with kvm.", facts.spawnMicros),
  };
}

/** By key. */
export const hypervisors: ReadonlyMap<string, Hypervisor> = new Map(
  Object.entries(drivers).map(([key, { supported, facts }]) => [key, hypervisor(key, supported, facts)]),
);

/** Share of the CPU time that a guest gets of its host which the hypervisor spends, 0 to below 1: what `HostCpu` calls overhead. */
export function cpuOverheadShare({ cpuOverhead }: Hypervisor): number {
  return cpuOverhead.value / (1 + cpuOverhead.value);
}

/** Host memory of a guest beside its RAM, in MiB. */
export function guestMemoryOverheadMb(hypervisor: Hypervisor, vcpus: number, ramMb: number): number {
  const { memoryOverheadMb, memoryOverheadPerVcpuMb, memoryOverheadShare } = hypervisor;
  return memoryOverheadMb.value + memoryOverheadPerVcpuMb.value * vcpus + memoryOverheadShare.value * ramMb;
}
