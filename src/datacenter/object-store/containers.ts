// Accounts and their containers as the proxies know them: which storage policy a container has, and who may read and write it.
//
// Assumes that what is said here is the same wherever it is asked; only listings lag (`listings.ts`). Accounts are made when their first container
// is (`account_autocreate`).

export interface Container {
  readonly id: number;
  readonly account: string;
  readonly name: string;
  /** Index of its storage policy. */
  readonly policy: number;
  /** In the container ring. */
  readonly part: number;
  readAcl: string | null;
  writeAcl: string | null;
}

interface Account {
  readonly containers: Map<string, Container>;
  /** Domain of the account's project; null when it is not known. */
  readonly projectDomain: string | null;
}

export class Containers {
  private readonly accounts = new Map<string, Account>();
  private made = 0;

  get(account: string, name: string): Container | undefined {
    return this.accounts.get(account)?.containers.get(name);
  }

  projectDomain(account: string): string | null {
    return this.accounts.get(account)?.projectDomain ?? null;
  }

  add(container: Omit<Container, "id">, projectDomain: string | null): Container {
    let account = this.accounts.get(container.account);
    if (account === undefined) this.accounts.set(container.account, (account = { containers: new Map(), projectDomain }));
    const added = { ...container, id: this.made++ };
    account.containers.set(container.name, added);
    return added;
  }

  remove({ account, name }: Container): void {
    this.accounts.get(account)?.containers.delete(name);
  }

  /** Of all accounts, account by account. */
  all(): readonly Container[] {
    return [...this.accounts.values()].flatMap(({ containers }) => [...containers.values()]);
  }

  /** Of an account, in the order in which they were made. */
  of(account: string): readonly Container[] {
    return [...(this.accounts.get(account)?.containers.values() ?? [])];
  }
}
