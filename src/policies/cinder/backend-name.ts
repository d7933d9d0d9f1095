// Names of where volumes are: `host@backend#pool`, or `cluster@backend#pool` for a cluster of volume services.
// @source cinder/volume/volume_utils.py (extract_host, append_host)

/** Pool of a back end that names none. */
export const DEFAULT_POOL_NAME = "_pool0";

/** `host@backend#pool`; the name alone where one of both is empty. */
export function withPool(name: string, pool: string): string {
  return name === "" || pool === "" ? name : `${name}#${pool}`;
}

/** `host@backend` */
export const backendPart = (name: string): string => name.split("#")[0]!;

/** `host` */
export const hostPart = (name: string): string => backendPart(name).split("@")[0]!;

export const hasPool = (name: string): boolean => (name.split("#")[1] ?? "") !== "";
