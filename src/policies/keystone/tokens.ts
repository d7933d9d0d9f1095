// Fernet tokens: nothing of them is stored; a token carries whom it is for, where, and until when, and everything else is looked up anew whenever it
// is validated. What is stored are revocations: "all tokens of this user issued up to this second". Tokens count in whole seconds, so that one that is
// issued in the second of a revocation is dead as it is born.
// @source keystone/token/provider.py, keystone/models/revoke_model.py, keystone/token/token_formatters.py (Zed; the details from memory)
import { parameter } from "../../kernel/parameter.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";
import type { Directory, User } from "./directory.ts";
import { KeystoneError } from "./keystone-error.ts";
import { type Place, type RoleAssignments, samePlace } from "./role-assignments.ts";

export const tokenExpiration = parameter({
  name: "keystone.token.expiration",
  value: 3600,
  unit: "s",
  meaning: "How long a token is good for.",
  source: "keystone/conf/token.py",
  evidence: "verified",
});

export const allowExpiredWindow = parameter({
  name: "keystone.token.allow_expired_window",
  value: 172_800,
  unit: "s",
  meaning: "How long after its end a token still serves a request that comes with a service token.",
  source: "keystone/conf/token.py",
  evidence: "verified",
});

export const lockoutFailureAttempts = parameter({
  name: "keystone.security_compliance.lockout_failure_attempts",
  value: 0,
  unit: "1",
  meaning: "Wrong passwords in a row that lock a user out; 0 for never.",
  source: "keystone/conf/security_compliance.py",
  evidence: "verified",
});

export const lockoutDuration = parameter({
  name: "keystone.security_compliance.lockout_duration",
  value: 1800,
  unit: "s",
  meaning: "How long a user stays locked out.",
  source: "keystone/conf/security_compliance.py",
  evidence: "verified",
});

export interface TokenOptions {
  readonly expirationSeconds?: number;
  readonly allowExpiredWindowSeconds?: number;
  readonly lockoutFailureAttempts?: number;
  readonly lockoutDurationSeconds?: number;
}

/** What a token carries in itself. */
export interface Token {
  readonly userId: string;
  /** Null for a token that is good for nothing but getting another. */
  readonly place: Place | null;
  readonly issuedAt: Micros;
  readonly expiresAt: Micros;
}

/** What Keystone says of a token when it is validated. */
export interface ValidToken extends Token {
  /** Ids. */
  readonly roleIds: readonly string[];
  readonly roleNames: readonly string[];
}

interface Revocation {
  readonly issuedBefore: Micros;
  readonly concerns: (token: Token) => boolean;
}

export class Tokens {
  readonly #directory: Directory;
  readonly #assignments: RoleAssignments;
  readonly #options: Required<TokenOptions>;
  readonly #revocations: Revocation[] = [];
  readonly #failures = new Map<string, { readonly times: number; readonly last: Micros }>();

  constructor(directory: Directory, assignments: RoleAssignments, options: TokenOptions = {}) {
    this.#directory = directory;
    this.#assignments = assignments;
    this.#options = {
      expirationSeconds: options.expirationSeconds ?? tokenExpiration.value,
      allowExpiredWindowSeconds: options.allowExpiredWindowSeconds ?? allowExpiredWindow.value,
      lockoutFailureAttempts: options.lockoutFailureAttempts ?? lockoutFailureAttempts.value,
      lockoutDurationSeconds: options.lockoutDurationSeconds ?? lockoutDuration.value,
    };
    directory.onLoss((loss, now) => {
      if (loss.of === "user") this.#revoke(now, ({ userId }) => userId === loss.userId);
      if (loss.of === "project") this.#revoke(now, ({ place }) => place?.on === "project" && place.projectId === loss.projectId);
      if (loss.of === "domain") this.#revoke(now, (token) => this.#isOfDomain(token, loss.domainId));
    });
    assignments.onRevoke((userId, place, now) =>
      this.#revoke(now, (token) => token.userId === userId && (place === null || (token.place !== null && samePlace(token.place, place)))),
    );
  }

  /**
   * Gives a token for a password. Without a place it is for the user's default project if there is one and the user may go there, otherwise unscoped.
   * @throws KeystoneError Unauthorized, without saying what was wrong
   */
  authenticate(name: string, domainId: string, password: string, place: Place | null, now: Micros): Token {
    const user = this.#directory.userNamed(name, domainId);
    if (user === undefined || !this.#directory.isUserEnabled(user.id) || this.#isLockedOut(user, now)) throw refused();
    if (user.password !== password) {
      this.#failures.set(user.id, { times: (this.#failures.get(user.id)?.times ?? 0) + 1, last: now });
      throw refused();
    }
    this.#failures.delete(user.id);
    return this.#issue(user.id, place ?? this.#defaultPlace(user), now, now + this.#options.expirationSeconds * SECOND);
  }

  /** Gives a token for another place in exchange; it ends when the first one does. @throws KeystoneError Unauthorized */
  rescope(token: Token, place: Place, now: Micros): Token {
    this.validateOwn(token, now);
    return this.#issue(token.userId, place, now, token.expiresAt);
  }

  /**
   * What a service asks of the token that came with a request.
   * @param allowExpired the request came with a service token too
   * @throws KeystoneError TokenNotFound for a token that is over, revoked, or whose user has no role left
   */
  validate(token: Token, now: Micros, allowExpired = false): ValidToken {
    const until = token.expiresAt + (allowExpired ? this.#options.allowExpiredWindowSeconds * SECOND : 0);
    const roleIds = now < until ? this.#rolesOf(token) : null;
    if (roleIds === null || this.#revocations.some((one) => token.issuedAt <= one.issuedBefore && one.concerns(token)))
      throw new KeystoneError("TokenNotFound", "Could not find token.");
    return { ...token, roleIds, roleNames: roleIds.map((id) => this.#directory.role(id).name) };
  }

  /** As `validate`, for the token that a request to Keystone itself is made with. @throws KeystoneError Unauthorized */
  validateOwn(token: Token, now: Micros): ValidToken {
    try {
      return this.validate(token, now);
    } catch (error) {
      if (error instanceof KeystoneError) throw refused();
      throw error;
    }
  }

  /** Ends one token, as `DELETE /v3/auth/tokens` does. @throws KeystoneError TokenNotFound */
  revoke(token: Token, now: Micros): void {
    this.validate(token, now);
    this.#revoke(now, (other) => other === token);
  }

  /** Forgets revocations of tokens that are over anyway. */
  forgetRevocations(now: Micros): void {
    const oldest = now - (this.#options.expirationSeconds + this.#options.allowExpiredWindowSeconds) * SECOND;
    const kept = this.#revocations.filter(({ issuedBefore }) => issuedBefore >= oldest);
    this.#revocations.splice(0, this.#revocations.length, ...kept);
  }

  get revocationCount(): number {
    return this.#revocations.length;
  }

  #issue(userId: string, place: Place | null, now: Micros, expiresAt: Micros): Token {
    const token: Token = { userId, place, issuedAt: wholeSecond(now), expiresAt: wholeSecond(expiresAt) };
    if (this.#rolesOf(token) === null) throw refused();
    return token;
  }

  /** Null where a token for that place would be no good: it is disabled or gone, or the user has no role there. */
  #rolesOf({ userId, place }: Token): readonly string[] | null {
    try {
      if (!this.#directory.isUserEnabled(userId)) return null;
      if (place === null) return [];
      if (place.on === "project" && !this.#directory.isProjectEnabled(place.projectId)) return null;
      if (place.on === "domain" && !this.#directory.domain(place.domainId).enabled) return null;
      const roles = this.#assignments.rolesAt(userId, place);
      return roles.length === 0 ? null : roles;
    } catch (error) {
      if (error instanceof KeystoneError) return null;
      throw error;
    }
  }

  #defaultPlace({ id, defaultProjectId }: User): Place | null {
    if (defaultProjectId === null) return null;
    const place: Place = { on: "project", projectId: defaultProjectId };
    return this.#rolesOf({ userId: id, place, issuedAt: 0, expiresAt: 0 }) === null ? null : place;
  }

  #isLockedOut({ id }: User, now: Micros): boolean {
    const { lockoutFailureAttempts: most, lockoutDurationSeconds } = this.#options;
    const failures = this.#failures.get(id);
    if (most === 0 || failures === undefined || failures.times < most) return false;
    if (now < failures.last + lockoutDurationSeconds * SECOND) return true;
    this.#failures.delete(id);
    return false;
  }

  #isOfDomain({ userId, place }: Token, domainId: string): boolean {
    if (place?.on === "domain" && place.domainId === domainId) return true;
    const inDomain = (ask: () => { readonly domainId: string }): boolean => {
      try {
        return ask().domainId === domainId;
      } catch (error) {
        if (error instanceof KeystoneError) return false;
        throw error;
      }
    };
    return (
      inDomain(() => this.#directory.user(userId)) || (place?.on === "project" && inDomain(() => this.#directory.project(place.projectId)))
    );
  }

  #revoke(now: Micros, concerns: Revocation["concerns"]): void {
    this.#revocations.push({ issuedBefore: wholeSecond(now), concerns });
  }
}

function wholeSecond(instant: Micros): Micros {
  return instant - (instant % SECOND);
}

function refused(): KeystoneError {
  return new KeystoneError("Unauthorized", "The request you have made requires authentication.");
}
