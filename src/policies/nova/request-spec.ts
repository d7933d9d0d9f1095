// What the scheduler is asked: Nova's RequestSpec, as far as the filters and weighers here read it.
import type { Flavor, Image } from "../../datacenter/flavor.ts";
import type { ServerGroups } from "../../datacenter/server-groups.ts";

export interface RequestSpec {
  readonly server: number;
  readonly flavor: Flavor;
  readonly image: Image | null;
  /** The server group of the request, -1 for none. */
  readonly group: number;
  readonly groups: ServerGroups;
}
