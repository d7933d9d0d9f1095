// How much a project may have unless an operator says otherwise.
// @source nova/conf/quota.py, cinder/quota.py, neutron/conf/quota.py (Zed), verified

export type QuotaService = "nova" | "cinder" | "neutron";

export interface QuotaDefault {
  readonly service: QuotaService;
  readonly resource: string;
  /** -1 for no limit. */
  readonly limit: number;
  readonly unit: string;
  /** Counted over a project or a user; or a limit for each single object. */
  readonly per: "project" | "user" | "object";
}

type Row = readonly [resource: string, limit: number, unit: string, per: QuotaDefault["per"]];

const rows: Readonly<Record<QuotaService, readonly Row[]>> = {
  nova: [
    ["instances", 10, "1", "project"],
    ["cores", 20, "1", "project"],
    ["ram", 51_200, "MiB", "project"],
    ["metadata_items", 128, "1", "object"],
    ["injected_files", 5, "1", "object"],
    ["injected_file_content_bytes", 10_240, "B", "object"],
    ["injected_file_path_length", 255, "B", "object"],
    ["key_pairs", 100, "1", "user"],
    ["server_groups", 10, "1", "project"],
    ["server_group_members", 10, "1", "object"],
  ],
  cinder: [
    ["volumes", 10, "1", "project"],
    ["snapshots", 10, "1", "project"],
    // Of volumes and, unless no_snapshot_gb_quota is set, of snapshots.
    ["gigabytes", 1000, "GiB", "project"],
    ["backups", 10, "1", "project"],
    ["backup_gigabytes", 1000, "GiB", "project"],
    ["groups", 10, "1", "project"],
    ["consistencygroups", 10, "1", "project"],
    ["per_volume_gigabytes", -1, "GiB", "object"],
  ],
  neutron: [
    ["network", 100, "1", "project"],
    ["subnet", 100, "1", "project"],
    ["port", 500, "1", "project"],
    ["router", 10, "1", "project"],
    ["floatingip", 50, "1", "project"],
    ["security_group", 10, "1", "project"],
    ["security_group_rule", 100, "1", "project"],
    ["rbac_policy", 10, "1", "project"],
  ],
};

export const quotaServices: readonly QuotaService[] = ["nova", "cinder", "neutron"];

export function quotaDefaultsOf(service: QuotaService): readonly QuotaDefault[] {
  return rows[service].map(([resource, limit, unit, per]) => ({ service, resource, limit, unit, per }));
}

/** Limit of what has no default of its own: Neutron's other resources, and Cinder's resources of one volume type. */
export const OTHER_RESOURCES = -1;
