// Lists of images as users ask for them: by state, visibility, name, size and properties, sorted by several keys.
// @source glance/db/sqlalchemy/api.py (image_get_all, _make_image_filters), glance/api/v2/images.py (_get_sort_key), python-openstackclient (image list)
import { type ImageRow, type Images, OPERATOR } from "./images.ts";

export interface ImageQuery {
  readonly name?: string;
  readonly status?: string;
  /** `all` is every one that the project may see; absent: all but the community's images of others. */
  readonly visibility?: string;
  /** Only those with members that the project has answered so. */
  readonly memberStatus?: string;
  readonly sizeMin?: number;
  readonly sizeMax?: number;
  /** All of them have to hold, letter by letter. Glance's own attributes can be asked for as well. */
  readonly properties: readonly (readonly [key: string, value: string])[];
  /** `name:asc,size:desc`; absent: the newest first. */
  readonly sort?: string;
}

const attributes: Readonly<Record<string, (row: ImageRow) => string | number>> = {
  name: ({ name }) => name,
  status: ({ status }) => status,
  size: ({ bytes }) => bytes,
  disk_format: ({ diskFormat }) => diskFormat,
  container_format: ({ containerFormat }) => containerFormat,
  visibility: ({ visibility }) => visibility,
  min_disk: ({ minDiskGb }) => minDiskGb,
  min_ram: ({ minRamMb }) => minRamMb,
  protected: ({ isProtected }) => (isProtected ? "True" : "False"),
};
const sortKeys = ["name", "status", "size", "disk_format", "container_format"];

/** The images, or null for a query that Glance cannot read: an unknown sort key or direction, state or visibility (400). */
export function listImages(images: Images, project: number, query: ImageQuery): readonly number[] | null {
  const order = orderOf(query.sort);
  if (order === null) return null;
  const found: number[] = [];
  for (const [image, row] of images.rows.entries())
    if (row.status !== "deleted" && images.isVisible(image, project) && isListed(row, project, query) && meets(row, query))
      found.push(image);
  found.reverse();
  return found.sort((a, b) => {
    for (const { of, sign } of order) {
      const [x, y] = [of(images.rows[a]!), of(images.rows[b]!)];
      if (x !== y) return sign * (x < y ? -1 : 1);
    }
    return b - a;
  });
}

/** An image that others share is listed once it has been accepted; the community's only where they are asked for. */
function isListed({ owner, visibility, members }: ImageRow, project: number, query: ImageQuery): boolean {
  if (query.visibility !== undefined && query.visibility !== "all" && query.visibility !== visibility) return false;
  if (owner === project || project === OPERATOR) return query.memberStatus === undefined;
  if (visibility === "community") return query.visibility !== undefined && query.memberStatus === undefined;
  if (visibility !== "shared") return query.memberStatus === undefined;
  const wanted = query.memberStatus ?? "accepted";
  return wanted === "all" || members.get(project) === wanted;
}

function meets(row: ImageRow, { name, status, sizeMin, sizeMax, properties }: ImageQuery): boolean {
  return (
    (name === undefined || row.name === name) &&
    (status === undefined || row.status === status) &&
    (sizeMin === undefined || row.bytes >= sizeMin) &&
    (sizeMax === undefined || row.bytes <= sizeMax) &&
    properties.every(([key, value]) => (Object.hasOwn(attributes, key) ? String(attributes[key]!(row)) : row.properties.get(key)) === value)
  );
}

function orderOf(sort: string | undefined) {
  const parts = sort === undefined || sort === "" ? [] : sort.split(",").map((part) => part.trim().split(":"));
  const known = parts.every(
    ([key, way = "asc", ...more]) => sortKeys.includes(key!) && (way === "asc" || way === "desc") && more.length === 0,
  );
  return known ? parts.map(([key, way]) => ({ of: attributes[key!]!, sign: way === "desc" ? -1 : 1 })) : null;
}
