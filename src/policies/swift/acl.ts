// Swift's container ACLs: who may read or write, as groups (`project:user`, roles) and as web pages from which reading is allowed (`.r:host`).
// Traps: `.r:-*` denies nobody, and referrers may read objects but list them only with `.rlistings`.
// @source swift/common/middleware/acl.py (2.30)
import { PythonError, strip } from "../python/python-values.ts";

export interface ContainerAcl {
  /** Hosts, domains (`.example.com`), `*`, or any of these after a `-`; in order, for the last that matches decides. */
  readonly referrers: readonly string[];
  readonly groups: readonly string[];
}

const REFERRER_DESIGNATORS = [".r", ".ref", ".referer", ".referrer"];

/**
 * The ACL as it is stored. `header` is its name, `X-Container-Read` or `X-Container-Write`. Throws a `PythonError` of type ValueError, which the
 * client sees as 400 Bad Request.
 */
export function cleanAcl(header: string, value: string): string {
  const items = value.split(",").map(strip);
  return items
    .filter((item) => item !== "")
    .map((item) => cleanItem(header.toLowerCase(), item))
    .join(",");
}

function cleanItem(header: string, item: string): string {
  const colon = item.indexOf(":");
  if (colon < 0) return item;
  const designator = strip(item.slice(0, colon));
  if (!designator.startsWith(".")) return item;
  if (!REFERRER_DESIGNATORS.includes(designator)) {
    throw new PythonError("ValueError", `unknown designator ${designator} in ACL item "${item}": expected .r`);
  }
  if (header.includes("write")) throw new PythonError("ValueError", `"${item}" in ${header}: expected no referrers in a write ACL`);
  let host = strip(item.slice(colon + 1));
  const denied = host.startsWith("-");
  if (denied) host = strip(host.slice(1));
  if (host !== "*" && host.startsWith("*")) host = strip(host.slice(1));
  if (host === "" || host === ".") throw new PythonError("ValueError", `no host or domain in ACL item "${item}": expected one after .r:`);
  return `.r:${denied ? "-" : ""}${host}`;
}

/** Of a stored ACL; null when the container has none. */
export function parseAcl(acl: string | null): ContainerAcl {
  const items = acl === null || acl === "" ? [] : acl.split(",");
  return {
    referrers: items.filter((item) => item.startsWith(".r:")).map((item) => item.slice(3)),
    groups: items.filter((item) => !item.startsWith(".r:")).map(unquote),
  };
}

/** May a page of this URL (the Referer header; null without one) read? */
export function referrerAllowed(referrer: string | null, referrers: readonly string[]): boolean {
  if (referrers.length === 0) return false;
  const host = hostname(referrer ?? "") || "unknown";
  let allowed = false;
  for (const entry of referrers) {
    const denied = entry.startsWith("-");
    const wanted = denied ? entry.slice(1) : entry;
    const matches = wanted === host || (wanted.startsWith(".") && host.endsWith(wanted)) || (!denied && wanted === "*");
    if (matches) allowed = !denied;
  }
  return allowed;
}

/** `urlparse(url).hostname`: in lower case, without user, port and brackets; "" when the URL names no host. */
function hostname(url: string): string {
  const plain = url.replace(/[\t\r\n]/g, "");
  const place = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#]*)/.exec(plain)?.[1] ?? "";
  if (place.includes("[") !== place.includes("]"))
    throw new PythonError("ValueError", `"${url}": expected both brackets of an IPv6 address`);
  const address = place.slice(place.lastIndexOf("@") + 1);
  const bracketed = /\[([^\]]*)/.exec(address)?.[1];
  return (bracketed ?? address.split(":")[0]!).toLowerCase();
}

/** `urllib.parse.unquote`: %XX are bytes of UTF-8; what is none becomes U+FFFD. */
function unquote(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escaped) => {
    const bytes = escaped.slice(1).split("%");
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}
