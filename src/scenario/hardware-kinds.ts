// The kinds of values that describe what hosts are made of: traits, resource classes, CPU sets, page sizes and PCI ids.
import { didYouMean } from "../kernel/did-you-mean.ts";
import { describeKind, shorten } from "../kernel/units.ts";
import { parseCpuList } from "../policies/nova/numa/cpu-list.ts";
import { Refusal } from "../policies/nova/numa/refusal.ts";
import { standardResourceClasses } from "../policies/placement/resource-class.ts";
import { accept, type Complaint, type KeyRule, type Reading, reject, type ValueKind } from "./grammar.ts";
import { pageSizeKb } from "./numa-layout.ts";
import { orExpression } from "./value-kinds.ts";

/** Namespaces of os-traits; everything else is an operator's own and begins with CUSTOM_. */
const TRAIT = /^(CUSTOM|COMPUTE|HW|MISC|OWNER|STORAGE)_[A-Z0-9_]+$/;
const OWN = /^CUSTOM_[A-Z0-9_]+$/;
const MOST_CPUS = 4096;

const upper = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");

/** The upper-case form if it passes, else the same as a name of one's own. */
function respelt(name: string, rule: RegExp): string {
  const spelt = upper(name);
  if (spelt === "" || spelt.length > 200) return "";
  return `did you mean "${rule.test(spelt) ? spelt : `CUSTOM_${spelt.replace(/^_+/, "")}`}"?`;
}

function refuseTrait(name: string): Complaint | null {
  if (name === "COMPUTE_STATUS_DISABLED") {
    return { message: `${name} is set by Nova on hosts whose compute service is disabled`, hint: "write disabled: true" };
  }
  if (TRAIT.test(name) && name.length <= 255) return null;
  const message = `"${shorten(name)}" is not a trait: traits are written in capitals and digits, those of one's own with CUSTOM_ before`;
  return { message, hint: respelt(name, TRAIT) };
}

/** Traits of a resource provider, each once. */
export const traits: ValueKind<readonly string[]> = {
  expected: "a list of traits such as [HW_CPU_X86_AVX2, CUSTOM_FAST]",
  read: (written) => {
    if (!Array.isArray(written)) return reject(`expected a list of traits, got ${describeKind(written)}`, "e.g. [HW_CPU_X86_AVX2]");
    const complaints = written.flatMap((item: unknown, index): Complaint[] => {
      const complaint = typeof item === "string" ? refuseTrait(item) : { message: `expected a trait, got ${describeKind(item)}` };
      if (complaint !== null) return [{ ...complaint, path: [index] }];
      return written.indexOf(item) < index ? [{ message: `trait "${item}" is named twice`, path: [index] }] : [];
    });
    return complaints.length > 0 ? { ok: false, complaints } : accept(written as string[]);
  },
  print: (value) => (value.length === 0 ? "none" : value.join(", ")),
  json: orExpression({ type: "array", items: { type: "string", pattern: TRAIT.source } }),
};

/** What says how much of these classes a host has. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  VCPU: "it follows from vcpus and cpu_shared_set",
  PCPU: "it follows from cpu_dedicated_set",
  MEMORY_MB: "it follows from ram",
  DISK_GB: "it follows from disk",
};

export const refuseResourceClass: KeyRule = (name) => {
  if (Object.hasOwn(SAID_ELSEWHERE, name)) return { message: `${name} cannot be set here`, hint: SAID_ELSEWHERE[name]! };
  if (standardResourceClasses.includes(name) || (OWN.test(name) && name.length <= 255)) return null;
  const near = didYouMean(name, standardResourceClasses);
  const hint = near === null || Object.hasOwn(SAID_ELSEWHERE, near) ? respelt(name, OWN) : `did you mean "${near}"?`;
  return { message: `unknown resource class "${shorten(name)}": one's own begin with CUSTOM_, in capitals`, hint };
};

export const refusePageSize: KeyRule = (size) =>
  pageSizeKb(size) !== null
    ? null
    : { message: `"${shorten(size)}" is not the size of a huge page`, hint: 'a power of two with a unit, such as "2 MiB" or "1 GiB"' };

/** CPUs as Nova's options list them, `4-31,^8`; ascending. */
export const cpuSet: ValueKind<readonly number[]> = {
  expected: 'a list of CPUs such as "4-31,^8"',
  read: (written) => {
    if (typeof written === "number" && Number.isInteger(written) && written >= 0 && written < MOST_CPUS) return accept([written]);
    if (typeof written !== "string") return reject(`expected a list of CPUs, got ${describeKind(written)}`, 'e.g. "4-31" in quotes');
    if ((written.match(/\d[\d_]*/g) ?? []).some((digits) => Number(digits.replaceAll("_", "")) >= MOST_CPUS)) {
      return reject(`there are no CPUs beyond ${MOST_CPUS - 1}`, 'e.g. "4-31"');
    }
    const cpus = cpusIn(written);
    if (!cpus.ok) return cpus;
    if (cpus.value.length === 0) return reject(`"${shorten(written)}" names no CPU`, "leave the key out where there is none");
    return cpus.value[0]! < 0 ? reject("CPUs are counted from 0") : cpus;
  },
  print: ranges,
  json: orExpression({ type: ["string", "integer"] }),
};

function cpusIn(text: string): Reading<readonly number[]> {
  try {
    return accept(parseCpuList(text));
  } catch (error) {
    if (error instanceof Refusal)
      return reject(`"${shorten(text)}" is not a list of CPUs`, 'e.g. "4-31,^8": CPUs and ranges between commas, ^ takes away');
    throw error;
  }
}

/** `0-3,8` */
function ranges(cpus: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < cpus.length; ) {
    let end = i;
    while (cpus[end + 1] === cpus[end]! + 1) end++;
    parts.push(end === i ? `${cpus[i]}` : `${cpus[i]}-${cpus[end]}`);
    i = end + 1;
  }
  return parts.join(",");
}

/** Vendor or product of a PCI device: four hexadecimal digits, which YAML may have read as a number. */
export function pciId(what: string): ValueKind<string> {
  const expected = `${what} of four hexadecimal digits such as "10de"`;
  return {
    expected,
    read: (written) => {
      if (typeof written === "number" && Number.isInteger(written) && written >= 1000 && written <= 9999) return accept(String(written));
      if (typeof written === "string" && /^[0-9a-fA-F]{4}$/.test(written)) return accept(written);
      return reject(`expected ${expected}, got ${describeKind(written)}`, typeof written === "number" ? "write it in quotes" : "");
    },
    print: (value) => value,
    json: orExpression({ type: ["string", "integer"] }),
  };
}

/** Names of hosts, groups of hosts or ranges of hosts; what they mean is known once the cloud is. */
export function texts(what: string, example: string): ValueKind<readonly string[]> {
  return {
    expected: `a list of ${what} such as ${example}`,
    read: (written) => {
      if (!Array.isArray(written)) return reject(`expected a list of ${what}, got ${describeKind(written)}`, `e.g. ${example}`);
      const complaints = written.flatMap((item: unknown, index): Complaint[] =>
        typeof item === "string" && item.trim() !== "" ? [] : [{ message: `expected a text, got ${describeKind(item)}`, path: [index] }],
      );
      return complaints.length > 0 ? { ok: false, complaints } : accept(written.map((item: string) => item.trim()));
    },
    print: (value) => (value.length === 0 ? "none" : value.join(", ")),
    json: orExpression({ type: "array", items: { type: "string" } }),
  };
}

/** A name that can stand before a number: `gpu` in `gpu-1`; `of` says whose. */
export function nameOf(of: string): ValueKind<string> {
  return {
    expected: `a name for ${of}`,
    read: (written) => {
      if (typeof written !== "string") return reject(`expected a name for ${of}, got ${describeKind(written)}`);
      if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(written) && written.length <= 200) return accept(written);
      return reject(`"${shorten(written)}" cannot name ${of}`, "letters, digits, - and _");
    },
    print: (value) => value,
    json: orExpression({ type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9_-]*$" }),
  };
}
