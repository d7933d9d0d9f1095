// What an object store asks before it does anything, and of whom: the proxy's authorisation middleware, which is handed in.

type IdAndName = readonly [id: string | null, name: string | null];

/** What Keystone says about the token of a request. */
export interface Identity {
  readonly user: IdAndName;
  readonly tenant: IdAndName;
  readonly roles: readonly string[];
  readonly service_roles: readonly string[];
  /** Without ids for tokens of Keystone's version 2. */
  readonly user_domain: IdAndName;
  readonly project_domain: IdAndName;
}

export interface SwiftRequest {
  readonly method: string;
  readonly account: string;
  readonly container: string | null;
  readonly object: string | null;
  /** The container's ACL for what the method does, null when there is none. */
  readonly acl: string | null;
  readonly referer: string | null;
  /** Null for an anonymous request. */
  readonly identity: Identity | null;
  /** Domain of the account's project as stored with the account; null when none is stored. */
  readonly accountProjectDomain: string | null;
}

export interface Verdict {
  readonly allowed: boolean;
  /** 403 when somebody was recognised, 401 otherwise; null when allowed. */
  readonly status: 401 | 403 | null;
  /** May do what only the owner of an account may: read and set ACLs. */
  readonly swiftOwner: boolean;
}

export interface Authorization {
  /** `recognised`: whether an earlier filter has written down who asks. */
  authorize(request: SwiftRequest, recognised: boolean): Verdict;
  /** The ACL as it is stored, null when it is not one. `header`: `X-Container-Read` or `X-Container-Write`. */
  cleanAcl(header: string, value: string): string | null;
}
