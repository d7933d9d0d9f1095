// A flavor: what one kind of server is promised.

export interface Flavor {
  readonly name: string;
  /** vCPUs in thousandths, so that traces with fractions of a core stay exact integers. */
  readonly vcpuMilli: number;
  readonly ramMb: number;
  /** Root and ephemeral disk on the host, in GiB. */
  readonly diskGb: number;
  /** The ephemeral part of that, which stays on the host when the root disk is a volume; absent = 0. */
  readonly ephemeralGb?: number;
  /** Swap disk on the host; absent = 0. */
  readonly swapMb?: number;
  /** Size in GiB of a data volume created with the server, 0 for none. */
  readonly volumeGb: number;
  /** Storage tier (Cinder volume type) of that volume. */
  readonly volumeType: string | null;
  /** Nova extra specs, e.g. `capabilities:hypervisor_type: QEMU`. */
  readonly extraSpecs: ReadonlyMap<string, string>;
}

/** An image as Glance knows it. */
export interface Image {
  readonly name: string;
  /** Glance's id; absent where nothing refers to it. */
  readonly id?: string;
  readonly bytes: number;
  /** Glance's disk_format, e.g. `qcow2`; absent = unknown. */
  readonly diskFormat?: string;
  /** Nova's image properties, e.g. `img_hv_type: qemu`. */
  readonly properties: ReadonlyMap<string, string>;
}
