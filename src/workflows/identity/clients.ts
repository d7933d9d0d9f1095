// The users' clients: each knows its password, keeps a token for every place it works at until shortly before its end, and finds services in the
// catalogue that came with it.
//
// Assumes that a client whose token is refused does not send the request again; it gets another token for the next one.
// @source keystoneauth1/identity/base.py, keystoneauth1/session.py
import { parameter } from "../../kernel/parameter.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";
import type { Place } from "../../policies/keystone/role-assignments.ts";
import type { Token } from "../../policies/keystone/tokens.ts";

export const minTokenLife = parameter({
  name: "keystoneauth1.MIN_TOKEN_LIFE_SECONDS",
  value: 120,
  unit: "s",
  meaning: "A client gets another token when its own has less than this to live.",
  source: "keystoneauth1/identity/base.py",
  evidence: "from memory",
});

/** A user's client at one place. */
export interface Session {
  readonly user: string;
  readonly place: Place;
  token: Token | null;
  /** Types of the services in the catalogue of the token. */
  services: ReadonlySet<string>;
}

export class Clients {
  private readonly sessions = new Map<string, Session>();
  private readonly passwords = new Map<string, string>();
  private readonly scopes = new Map<string, Place>();

  learnPassword(user: string, password: string): void {
    this.passwords.set(user, password);
  }

  /** Where the client gets tokens for from now on. */
  setScope(user: string, place: Place): void {
    this.scopes.set(user, place);
  }

  passwordOf(user: string): string {
    return this.passwords.get(user) ?? "";
  }

  /** @param projectId where the user works unless the client has a place of its own */
  session(user: string, projectId: string): Session {
    const place = this.scopes.get(user) ?? { on: "project", projectId };
    const key = `${user} @ ${JSON.stringify(place)}`;
    let session = this.sessions.get(key);
    if (session === undefined) {
      session = { user, place, token: null, services: new Set() };
      this.sessions.set(key, session);
    }
    return session;
  }

  /** Has the client a token that it will still use? */
  hasToken({ token }: Session, now: Micros): boolean {
    return token !== null && token.expiresAt - now > minTokenLife.value * SECOND;
  }
}
