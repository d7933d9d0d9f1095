// What a proxy is at for a request: who asks for what, what the store has said to it, and whom of the storage servers it has asked.
import type { Identity } from "../../datacenter/object-store/authorization.ts";
import type { Reply } from "../../datacenter/object-store/replies.ts";
import type { Upload } from "../../datacenter/object-store/uploads.ts";

export interface AskedObject {
  readonly account: string;
  readonly identity: Identity | null;
  readonly container: string;
  readonly object: string;
  /** Of the object that is stored. */
  readonly bytes: number;
  /** Attach point from which the bytes come, or to which they go; -1: there is nobody any more. */
  readonly point: number;
}

export interface Proxying {
  /** Attach point of the proxy. */
  readonly proxy: number;
  readonly asked: AskedObject;
  readonly reply: Reply;
  /** Null unless something is stored. */
  readonly upload: Upload | null;
  /** Number of the exchange with storage servers. */
  exchange: number;
}
