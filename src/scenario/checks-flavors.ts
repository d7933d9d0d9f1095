// What Nova's API says of a flavor with each image, before any host is looked at: NUMA topologies that contradict themselves, PCI aliases that
// are not defined. A scenario with such a flavor would be a list of refused requests, so it is refused itself.
import type { Flavor, Image } from "../datacenter/flavor.ts";
import { refusedByApi } from "../policies/nova/request-book.ts";
import type { Across } from "./across.ts";
import type { Path } from "./located.ts";
import { aliasOf } from "./resolve.ts";

type ReadAlias = Parameters<typeof aliasOf>[0];

interface ReadFlavor {
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
  readonly extra_specs: Readonly<Record<string, string>>;
}

export function checkFlavors(across: Across): void {
  const aliases = ((across.read(["cloud", "nova", "pci_alias"]) ?? []) as readonly ReadAlias[]).map(aliasOf);
  const images = (across.read(["cloud", "images"]) ?? []) as readonly { name: string; properties: Readonly<Record<string, string>> }[];
  for (let index = 0; index < across.length(["cloud", "flavors"]); index++) {
    const path: Path = ["cloud", "flavors", index];
    const read = across.read(path) as ReadFlavor | undefined;
    if (read === undefined) continue;
    const flavor: Flavor = {
      name: read.name,
      ...{ vcpuMilli: read.vcpus, ramMb: read.ram, diskGb: read.disk, volumeGb: 0, volumeType: null },
      extraSpecs: new Map(Object.entries(read.extra_specs)),
    };
    for (const { name, properties } of images) {
      const image: Image = { name, bytes: 0, properties: new Map(Object.entries(properties)) };
      const refusal = refusedByApi(flavor, image, aliases);
      if (refusal === null) continue;
      const why = refusal.why.replace(`${refusal.error}: `, "");
      across.complain([...path, "extra_specs"], `Nova refuses the flavor with image "${name}": ${why}`, refusal.error);
      break; // once a flavor
    }
  }
}
