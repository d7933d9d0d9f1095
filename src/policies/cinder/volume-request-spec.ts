// What a scheduler is asked: a volume to be made, made larger, moved or given another type.
// @source cinder/scheduler/filter_scheduler.py (populate_filter_properties, _populate_retry); cinder/objects/request_spec.py
import { isList, type PythonValue } from "../python/python-values.ts";

/** What earlier attempts at the same volume left behind. */
export interface Retry {
  readonly numAttempts: number;
  /** Back ends tried, by backend id; the last one last. Absent in requests of old services, which say `hosts`. */
  readonly backends?: readonly string[];
  readonly hosts?: readonly string[];
}

export interface VolumeRequestSpec {
  readonly sizeGb: number;
  /** Of a volume that is to grow. */
  readonly newSizeGb?: number;
  /** Backend id of the pool where the volume is already, which needs no room there. */
  readonly volExistsOn?: string;
  readonly operation?: "create_volume" | "extend_volume" | string;
  readonly attachStatus?: string | null;
  readonly availabilityZone?: string | null;
  /** Any of them will do; where there are some, they count and not the zone. */
  readonly availabilityZones?: readonly string[];
  /** Of the volume type, in its order. */
  readonly extraSpecs: ReadonlyMap<string, PythonValue>;
  readonly qosSpecs: ReadonlyMap<string, PythonValue> | null;
  readonly schedulerHints: ReadonlyMap<string, PythonValue>;
  readonly retry?: Retry | null;
  /** Name of a back end or pool to which a group, snapshot or source volume binds the volume. */
  readonly resourceBackend?: string | null;
  /** Whether several servers may attach it; asks for back ends that can. */
  readonly multiattach?: boolean;
  /** More that expressions may ask of `volume`, besides its size and zone. */
  readonly volumeProperties?: ReadonlyMap<string, PythonValue>;
}

/** What `volume.x` stands for in an expression. */
export function volumeProperties(request: VolumeRequestSpec): ReadonlyMap<string, PythonValue> {
  return new Map<string, PythonValue>([
    ["size", request.sizeGb],
    ["availability_zone", request.availabilityZone ?? null],
    ["attach_status", request.attachStatus ?? null],
    ["multiattach", request.multiattach ?? false],
    ...(request.volumeProperties ?? []),
  ]);
}

/** The extra specs, with what multiattach asks for beyond the type. */
export function wantedCapabilities(request: VolumeRequestSpec): ReadonlyMap<string, PythonValue> {
  if (request.multiattach !== true || request.extraSpecs.has("multiattach")) return request.extraSpecs;
  return new Map([...request.extraSpecs, ["multiattach", "<is> True"]]);
}

/** Is the volume to be counted as thin, where the pool can? Every volume is, unless its type says otherwise. */
export function wantsThin(request: VolumeRequestSpec): boolean {
  return request.extraSpecs.get("provisioning:type") !== "thick";
}

/** The ids of a hint that is one id or a list of them; null where one of them is no id. */
export function idsInHint(request: VolumeRequestSpec, name: string): readonly string[] | null {
  const hint = request.schedulerHints.get(name);
  if (hint === undefined) return [];
  const ids = isList(hint) ? hint : [hint];
  return ids.every(isUuidLike) ? (ids as readonly string[]) : null;
}

/** A text of 32 hexadecimal digits, with or without dashes, braces and `urn:uuid:`. */
export function isUuidLike(value: PythonValue): boolean {
  if (typeof value !== "string") return false;
  const bare = value.replaceAll("urn:", "").replaceAll("uuid:", "");
  return /^[0-9a-f]{32}$/i.test(bare.replace(/^[{}]+|[{}]+$/g, "").replaceAll("-", ""));
}
