// Makes a user's module safe to ask for answers that must be the same everywhere. What could differ from one machine or moment to the next is
// refused by name; every loop and every function counts its steps, so that what never ends is ended at the same place on any machine; and the
// module becomes the body of one function, which hands out what it exports. What the language does by itself in one step (sorting, searching,
// filling a list) is counted by length in the sandbox.
import { createRequire } from "node:module";
import type * as acorn from "acorn";
import { didYouMean } from "../../kernel/did-you-mean.ts";
import { Edits, lineStarts, positionOf, type TextPosition, type WayBack } from "./edits.ts";
import { EXACT_MATH, GLOBALS, LOCALE, MAX_DEPTH, MAX_STEPS, NO_CHANCE, NO_OUTSIDE, NO_PATTERNS, OWN_MATH, REFUSED } from "./language.ts";
import { isNode, type Node, namesIn, partsOf } from "./syntax-tree.ts";

export interface Complaint {
  readonly message: string;
  readonly hint: string;
  readonly at: TextPosition | null;
}

/** A module as the sandbox runs it. */
export interface GuardedModule {
  readonly code: string;
  readonly back: WayBack;
  /** Where the function of each object with a name stands. */
  readonly places: ReadonlyMap<string, TextPosition>;
  /** Where each export stands. */
  readonly exports: ReadonlyMap<string, TextPosition>;
}

export type Guarded =
  | { readonly ok: true; readonly module: GuardedModule }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

/** It begins a comment in a script, which a module becomes here, and is three operators in a module. */
const AMBIGUOUS = { message: "<!-- is not possible", hint: "write < !--x" };

const EXPORT_DEFAULT = /^export(?:\s|\/\*[\s\S]*?\*\/|\/\/.*)*default/;

let parser: typeof acorn | undefined;

/** @param source a module in JavaScript */
export function guard(source: string): Guarded {
  parser ??= createRequire(import.meta.url)("acorn") as typeof acorn;
  const powers: number[] = [];
  const arrows: number[] = [];
  const odd: number[] = [];
  try {
    const tree = parser.parse(source, {
      ecmaVersion: 2022,
      sourceType: "module",
      allowHashBang: false,
      onToken: ({ type, start, end }) => {
        if (type.label === "**") powers.push(start);
        if (type.label === "=>") arrows.push(end);
        if (type.label !== "template" && source.startsWith("<!--", start)) odd.push(start);
      },
    });
    const complaints = odd.map((start) => ({ ...AMBIGUOUS, at: positionOf(lineStarts(source), start) }));
    return complaints.length > 0 ? { ok: false, complaints } : new Guard(source, powers, arrows).guarded(tree as unknown as Node);
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string };
    if (loc === undefined) throw error;
    const at = { line: loc.line, column: loc.column + 1 };
    return { ok: false, complaints: [{ message: `not valid JavaScript: ${message.replace(/ \(\d+:\d+\)$/, "")}`, hint: "", at }] };
  }
}

/** `[first, ...others]`, or the same of an object. */
function hasRest(pattern: unknown): boolean {
  if (!isNode(pattern)) return false;
  const parts = (pattern.elements ?? pattern.properties ?? []) as readonly unknown[];
  return /^(Array|Object)Pattern$/.test(pattern.type) && parts.some((part) => isNode(part) && part.type === "RestElement");
}

class Guard {
  private readonly source: string;
  /** Where ** begins, and where => ends. */
  private readonly powers: readonly number[];
  private readonly arrows: readonly number[];
  private readonly lines: readonly number[];
  private readonly edits: Edits;
  private readonly complaints: Complaint[] = [];
  private readonly declared = new Set<string>();
  private readonly uses: Node[] = [];
  private readonly exported: string[] = [];
  private readonly places = new Map<string, TextPosition>();
  private readonly exports = new Map<string, TextPosition>();
  /** Begins every name of ours; nothing in the source begins so. */
  private readonly own: string;

  constructor(source: string, powers: readonly number[], arrows: readonly number[]) {
    this.source = source;
    this.powers = powers;
    this.arrows = arrows;
    this.lines = lineStarts(source);
    this.edits = new Edits(source);
    let own = "$o";
    while (source.includes(own)) own += "o";
    this.own = `${own}_`;
  }

  guarded(tree: Node): Guarded {
    const { own, edits } = this;
    const hooks = ["trip", "caught", "pow", "spread", "reset"].map((name) => own + name).join(",");
    const head = `(function(${hooks}){"use strict";let ${own}n=0,${own}d=0,${own}default;${own}reset(()=>{${own}n=0;${own}d=0},(k)=>{if((${own}n+=k)>${MAX_STEPS})${own}trip("steps")});`;
    edits.open(0, head);
    this.visit(tree);
    for (const use of this.uses) this.checkUse(use);
    if (this.complaints.length > 0) return { ok: false, complaints: this.complaints };
    const { text, back } = edits.apply();
    const code = `${text}\n;return[${this.exported.join(",")}]})`;
    return { ok: true, module: { code, back, places: this.places, exports: this.exports } };
  }

  private visit(node: Node): void {
    this.act(node);
    for (const part of partsOf(node)) this.visit(part);
  }

  private act(node: Node): void {
    switch (node.type) {
      case "ImportDeclaration":
        this.importing(node);
        break;
      case "ImportExpression":
        this.refuse(node, "import(...) is not possible", "a plug-in is one file: nothing can be imported but types");
        break;
      case "MetaProperty":
        if ((node.meta as Node).name === "import") this.refuse(node, "import.meta is not possible", NO_OUTSIDE);
        break;
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        this.exporting(node);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.entering(node);
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        this.declare(node.id);
        break;
      case "VariableDeclarator":
        this.declare(node.id);
        if (hasRest(node.id) && isNode(node.init)) this.spreading(node.init);
        break;
      case "SpreadElement":
        this.spreading(node.argument as Node);
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        if (node.await === true) this.refuse(node, "for await is not possible", "a plug-in answers at once");
        this.looping(node.body as Node);
        break;
      case "CatchClause":
        this.catching(node);
        break;
      case "Literal":
        if (node.bigint !== undefined) this.refuse(node, "a BigInt is not possible", "an answer is a number; write it without the n");
        if (node.regex !== undefined) this.refuse(node, "a regular expression is not possible", NO_PATTERNS);
        break;
      case "AwaitExpression":
        this.refuse(node, "await is not possible", "a plug-in answers at once");
        break;
      case "BinaryExpression":
        if (node.operator === "**") this.raising(node);
        break;
      case "AssignmentExpression":
        if (hasRest(node.left)) this.spreading(node.right as Node);
        if (node.operator === "**=") this.refuse(node, "**= is not possible", "write a = a ** b");
        break;
      case "ObjectExpression":
        this.locate(node);
        break;
      case "MemberExpression":
        this.reaching(node);
        break;
      case "Identifier":
        this.uses.push(node);
    }
  }

  private refuse(node: Node, message: string, hint: string): void {
    this.complaints.push({ message, hint, at: positionOf(this.lines, node.start) });
  }

  /** Types are gone by now; what is left of an import of nothing but types goes too. */
  private importing(node: Node): void {
    const from = (node.source as Node).value;
    if (from === "orrery-cloud" && (node.specifiers as readonly Node[]).length === 0) {
      this.edits.replace(node.start, node.end, "");
      return;
    }
    for (const { local } of node.specifiers as readonly Node[]) this.declare(local);
    const hint =
      from === "orrery-cloud"
        ? 'for types, write import type {...} from "orrery-cloud"'
        : "a plug-in is one file; copy what it needs into it";
    this.refuse(node, `a plug-in cannot import ${from === "orrery-cloud" ? "values" : JSON.stringify(from)}`, hint);
  }

  private exporting(node: Node): void {
    const { edits, own } = this;
    if (node.type === "ExportAllDeclaration" || isNode(node.source)) {
      this.refuse(node, "a plug-in cannot export from another file", "a plug-in is one file; copy what it needs into it");
      return;
    }
    const entry = (name: string, value: string) => {
      this.exported.push(`[${JSON.stringify(name)},${value}]`);
      this.exports.set(name, positionOf(this.lines, node.start));
    };
    const declaration = node.declaration as Node | null;
    if (declaration === null) {
      for (const specifier of node.specifiers as readonly Node[]) {
        const nameOf = (part: Node) => String(part.name ?? part.value);
        entry(nameOf(specifier.exported as Node), nameOf(specifier.local as Node));
      }
      edits.replace(node.start, node.end, ";");
      return;
    }
    if (node.type === "ExportNamedDeclaration") {
      const names =
        declaration.type === "VariableDeclaration" ? (declaration.declarations as Node[]).map(({ id }) => id) : [declaration.id];
      for (const name of names.flatMap(namesIn)) entry(name, name);
      edits.replace(node.start, declaration.start, "");
      return;
    }
    const isDeclaration = /^(Function|Class)Declaration$/.test(declaration.type) && isNode(declaration.id);
    if (isDeclaration) {
      entry("default", String((declaration.id as Node).name));
      edits.replace(node.start, declaration.start, "");
      return;
    }
    entry("default", `${own}default`);
    const words = EXPORT_DEFAULT.exec(this.source.slice(node.start))![0];
    edits.replace(node.start, node.start + words.length, `;${own}default=`);
    edits.close(node.end, ";");
  }

  private entering(node: Node): void {
    const { edits, own } = this;
    if (node.type === "FunctionDeclaration") this.declare(node.id);
    if (node.type === "FunctionExpression" && isNode(node.id)) this.declare(node.id);
    for (const parameter of node.params as readonly Node[]) this.declare(parameter);
    if (node.async === true) this.refuse(node, "an async function is not possible", "a plug-in answers at once");
    const body = node.body as Node;
    const step = `++${own}n>${MAX_STEPS}`;
    // A generator rests between its steps, so it is not open all the time; its loops and its start count.
    if (node.generator === true) {
      edits.open(body.start + 1, `if(${step})${own}trip("steps");`);
      return;
    }
    const enter = `if(${step}||++${own}d>${MAX_DEPTH})${own}trip(${own}d>${MAX_DEPTH}?"depth":"steps");try{`;
    const leave = `}finally{${own}d--}`;
    if (body.type === "BlockStatement") {
      const empty = body.end - body.start === 2;
      edits.open(body.start + 1, empty ? enter + leave : enter);
      if (!empty) edits.close(body.end - 1, leave);
    } else {
      // From the arrow on, as the body may stand in parentheses.
      const from = this.arrows.findLast((end) => end <= body.start)!;
      edits.around(from, node.end, `{${enter}return(`, `)${leave}}`);
    }
  }

  private looping(body: Node): void {
    const { edits, own } = this;
    const step = `if(++${own}n>${MAX_STEPS})${own}trip("steps");`;
    if (body.type === "BlockStatement") edits.open(body.start + 1, step);
    else edits.around(body.start, body.end, `{${step}`, "}");
  }

  /** What ended a plug-in cannot be caught by it. */
  private catching(node: Node): void {
    const { edits, own } = this;
    const body = node.body as Node;
    const parameter = node.param as Node | null;
    if (parameter === null) {
      edits.open(body.start, `(${own}e)`);
      edits.open(body.start + 1, `${own}caught(${own}e);`);
      return;
    }
    this.declare(parameter);
    if (parameter.type === "Identifier") edits.open(body.start + 1, `${own}caught(${parameter.name});`);
    else this.refuse(parameter, "catch ({...}) is not possible", "write catch (error)");
  }

  private raising(node: Node): void {
    const { edits, own, powers } = this;
    const left = node.left as Node;
    const right = node.right as Node;
    const sign = powers.find((at) => at >= left.end && at < right.start)!;
    edits.around(node.start, node.end, `${own}pow(`, ")");
    edits.replace(sign, sign + 2, ",");
  }

  private reaching(node: Node): void {
    const property = node.property as Node;
    const name = node.computed === true ? property.value : property.name;
    if (typeof name !== "string") return;
    if (LOCALE.test(name))
      this.refuse(property, `${name} is not possible`, "the order of texts would depend on the machine; compare with <");
    const object = node.object as Node;
    if (object.type !== "Identifier" || object.name !== "Math") return;
    const known = [...EXACT_MATH, ...OWN_MATH];
    if (known.includes(name)) return;
    const near = didYouMean(name, known);
    const there = `there are ${known.join(", ")}`;
    if (name === "random") this.refuse(property, "Math.random is not possible", NO_CHANCE);
    else if (Object.hasOwn(Math, name)) this.refuse(property, `Math.${name} is not possible: its last bits differ between machines`, there);
    else this.refuse(property, `there is no Math.${name}`, near === null ? there : `did you mean "${near}"?`);
  }

  /** What is taken apart into a list counts by its length. */
  private spreading(node: Node): void {
    this.edits.around(node.start, node.end, `${this.own}spread(`, ")");
  }

  /** `{name: "MyWeigher", weigh: ...}`: where its function stands. */
  private locate(node: Node): void {
    const member = (...names: readonly string[]) =>
      (node.properties as readonly Node[]).find(({ key }) => isNode(key) && names.includes(String(key.name ?? key.value)));
    const name = (member("name")?.value as Node | undefined)?.value;
    const at = member("weigh", "passes") ?? member("name");
    if (typeof name === "string" && at !== undefined && !this.places.has(name)) this.places.set(name, positionOf(this.lines, at.start));
  }

  private declare(pattern: unknown): void {
    for (const name of namesIn(pattern)) this.declared.add(name);
  }

  /** Names that are declared anywhere in the file pass; where one is used out of its scope, the engine will say so. */
  private checkUse(use: Node): void {
    const name = String(use.name);
    if (this.declared.has(name) || GLOBALS.includes(name)) return;
    const refused = REFUSED.get(name);
    if (refused !== undefined) {
      this.refuse(use, `${name} is not possible in a plug-in`, refused);
      return;
    }
    const near = didYouMean(name, [...this.declared, ...GLOBALS]);
    this.refuse(use, `there is no ${name} in a plug-in`, near === null ? "it is declared nowhere in this file" : `did you mean "${near}"?`);
  }
}
