import { it } from "vitest";
import { readYaml } from "../../src/scenario/source-text.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { problemsOf, folder, readIn, scenarioText } from "./folder.ts";
import { formatProblem } from "../../src/kernel/problem.ts";
import { smallCatalogue } from "./small-catalogue.ts";
const t=(n:string,f:()=>unknown)=>{const a=performance.now(); let r; try{r=f()}catch(e){r=(e as Error).stack?.slice(0,300)}; console.log(n,(performance.now()-a).toFixed(0),"ms",r)};
it("x",()=>{
 t("quick1",()=>readScenario("scenarios/quickstart.yaml",{catalogue:smallCatalogue}).values.length);
 t("quick2",()=>readScenario("scenarios/quickstart.yaml",{catalogue:smallCatalogue}).values.length);
 for (const [n,s] of [["brackets","[".repeat(4.9e6)],["braces","{a: ".repeat(1.2e6)],["seq","- ".repeat(2.4e6)],["keys",Array.from({length:300000},(_, i)=>`k${i}: 1`).join("\n")],["colons","? ".repeat(1e6)],["quote","'".repeat(4e6)], ["flow many", "a: ["+"1,".repeat(400000)+"]"], ["anchors", Array.from({length:20000},(_, i)=>`k${i}: &a${i} 1`).join("\n")+"\n"+Array.from({length:9000},(_, i)=>`l${i}: *a${i}`).join("\n")]] as const)
   t(n,()=>{const p:any[]=[]; readYaml(s,"f","/",p); return p.length+" "+(p[0]?formatProblem(p[0]).slice(0,150):"")});
 t("keys read",()=>problemsOf(()=>readIn(folder({"a.yaml":scenarioText()+Array.from({length:20000},(_, i)=>`k${i}: 1`).join("\n")}),"a.yaml")).length);
 t("param",()=>problemsOf(()=>readIn(folder({"a.yaml":'parameters: {"a(": [1], b: "${c}", d: [1]}\nname: "${d} ${b}"\n'+scenarioText()}),"a.yaml")).map(formatProblem));
 t("null",()=>problemsOf(()=>readIn(folder({"a.yaml":'cloud:\nworkload:\nstudy:\n'}),"a.yaml")).map(formatProblem));
 t("list study",()=>problemsOf(()=>readIn(folder({"a.yaml":scenarioText({study:'study: {duration: 1 d, policies: nova-default, warm_up: [1], seed: {}, replications: true}'})}),"a.yaml")).map(formatProblem));
 t("weird",()=>problemsOf(()=>readIn(folder({"a.yaml":scenarioText({workload:'workload: 5'})+'constructor: 1\ntoString: 2\n? [a]\n: 3\n'}),"a.yaml")).map(formatProblem));
 t("proto",()=>problemsOf(()=>readIn(folder({"a.yaml":scenarioText({workload:'workload: {arrivals: {constructor: 1}, lifetime: {toString: {}}, flavors: {constructor: 1}, batch: {valueOf: 1}}'})+'__proto__: 1\n'}),"a.yaml")).map(formatProblem));
 t("ov",()=>problemsOf(()=>readIn(folder({"a.yaml":'parameters: {n: 3}\n'+scenarioText({study: 'study: {duration: "${n} d", seed: "${n}"}'})}),"a.yaml",{n:"x"})).map(formatProblem));
});
