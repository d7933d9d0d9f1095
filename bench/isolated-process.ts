// What `isolated` starts: calls one exported function of one module and prints its result as JSON. Arguments: module URL, name, JSON
// argument.
const [url, name, argument] = process.argv.slice(2);
const module = (await import(url!)) as Record<string, (argument: unknown) => unknown>;
process.stdout.write(JSON.stringify(await module[name!]!(JSON.parse(argument!))));

export {};
