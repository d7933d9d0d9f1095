// The tree of a module, as acorn (ESTree) makes it, for those who walk it.

/** Any node of the tree: its kind, its place, and parts that are nodes, lists of nodes, or plain values. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>;

export const isNode = (part: unknown): part is Node =>
  typeof part === "object" && part !== null && typeof (part as { type?: unknown }).type === "string" && "start" in part;

/** The parts of a node that mean something by themselves: the names of members, keys and labels do not. */
export function partsOf(node: Node): readonly Node[] {
  const named = /^(MemberExpression|Property|MethodDefinition|PropertyDefinition)$/.test(node.type) && node.computed !== true;
  const silent = named
    ? [node.key ?? node.property]
    : [node.label, node.exported, node.imported, node.meta, node.type === "MetaProperty" && node.property];
  return Object.values(node)
    .flat()
    .filter(isNode)
    .filter((part) => !silent.includes(part));
}

/** Names that a pattern binds. */
export function namesIn(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case "Identifier":
      return [String(pattern.name)];
    case "ObjectPattern":
      return (pattern.properties as readonly Node[]).flatMap((part) => namesIn(part.type === "Property" ? part.value : part.argument));
    case "ArrayPattern":
      return (pattern.elements as readonly unknown[]).flatMap(namesIn);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    default:
      return [];
  }
}
