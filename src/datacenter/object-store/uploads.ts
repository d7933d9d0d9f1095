// A write under way: which devices it goes to is settled when it is asked for, what each has stored when its bytes are there, and whether it was
// stored at all at the end. In between devices can fail.
// @source swift/proxy/controllers/obj.py (2.30): _get_put_connections, _transfer_data, _get_put_responses
import type { ObjectPlace } from "./object-servers.ts";
import type { Contact, Reply } from "./replies.ts";

export interface Upload extends Reply {
  /** For each contact, in whose place it stands. */
  readonly slots: readonly number[];
  readonly place: ObjectPlace;
  readonly version: number;
  readonly objectBytes: number;
  /** By contact: 1 where the file is stored. */
  readonly stored: Uint8Array;
}

/** What the proxy has heard at the end: those that have stored it, with their bytes. */
export function heardOf({ contacts, stored }: Upload): readonly Contact[] {
  return contacts.map((contact, i) => {
    if (stored[i] === 1) return contact;
    return { ...contact, bytes: 0, status: contact.status === 201 ? 0 : contact.status };
  });
}
