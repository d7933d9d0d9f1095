// Security groups, their rules, and which of them servers have.
// @source neutron/db/securitygroups_db.py, nova/api/openstack/compute/security_groups.py (Zed)
import { neutron } from "../../services/neutron.ts";
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { compute } from "../nova/compute-api.ts";
import { gateRefuses } from "../nova/gates.ts";
import { act, call, decide } from "../vocabulary.ts";
import { type Ask, called, change, makes, neutronOperation, text, word } from "./asking.ts";
import { networkOf } from "./cloud-network.ts";

const group = called("security group", "The security group");

const securityGroupCreate = neutronOperation({
  name: "security group create",
  meaning: "Make a group that lets everything out and nothing in",
  rule: "create_security_group",
  parameters: { name: makes("security group") },
  operation: neutron.server.createSecurityGroup,
  status: 201,
  does: (ask) => {
    const { net, project } = ask;
    net.knowProject(project);
    const make = () => net.networks.securityGroups.create(project, ask.text("name")!);
    // Two rules let it out, by IP version.
    ask.give("security group", net.within(ask.cloud, project, { security_group: 1, security_group_rule: 2 }, make).id);
  },
});

const securityGroupDelete = neutronOperation({
  name: "security group delete",
  meaning: "Delete a group that no port has",
  rule: "delete_security_group",
  parameters: { group },
  operation: neutron.server.deleteSecurityGroup,
  status: 204,
  does: (ask) => {
    const { net } = ask;
    const id = ask.id("security group", "group");
    const { project, rules } = net.networks.securityGroups.get(id);
    const count = rules.size;
    net.networks.deleteSecurityGroup(id);
    net.quotas.add(project, { security_group: -1, security_group_rule: -count });
    ask.drop("security group", "group");
  },
});

/** All hosts with a member take the changed rules up. */
const tellMembers = (of: (ask: Ask) => number) => change("members are told", (ask) => ask.net.refreshMembers(ask.cloud, [of(ask)]));

const ruleCreate = neutronOperation({
  name: "security group rule create",
  meaning: "Let something in, or out",
  rule: "create_security_group_rule",
  parameters: {
    name: makes("security group rule"),
    group,
    direction: word(["ingress", "egress"], "Into the port, or out of it", "ingress"),
    ethertype: word(["IPv4", "IPv6"], "Version of IP", "IPv4"),
    protocol: text("tcp, udp, icmp, ... or its number", "every protocol"),
    dst_port: text("A port, or a range as 80:90", "every port"),
    remote_ip: text("Addresses at the other end, as 10.0.0.0/24", "everywhere"),
    remote_group: called("security group", "Group of the port at the other end", "everybody"),
  },
  operation: neutron.server.createSecurityGroupRule,
  status: 201,
  does: (ask) => {
    const { net } = ask;
    const id = ask.id("security group", "group");
    const [least, most] = ask.text("dst_port")?.split(":") ?? [];
    const remote = ask.text("remote_group") === undefined ? null : String(ask.id("security group", "remote_group"));
    const { project } = net.networks.securityGroups.get(id);
    const rule = net.within(ask.cloud, project, { security_group_rule: 1 }, () =>
      net.networks.securityGroups.addRule(id, {
        direction: ask.text("direction") === "egress" ? "egress" : "ingress",
        ethertype: ask.text("ethertype") ?? "IPv4",
        protocol: ask.text("protocol") ?? null,
        portRangeMin: least ?? null,
        portRangeMax: most ?? least ?? null,
        remoteIpPrefix: ask.text("remote_ip") ?? null,
        remoteGroupId: remote,
      }),
    );
    ask.give("security group rule", rule);
  },
  after: [tellMembers((ask) => ask.id("security group", "group"))],
});

const ruleDelete = neutronOperation({
  name: "security group rule delete",
  meaning: "Delete a rule of a security group",
  rule: "delete_security_group_rule",
  parameters: { rule: called("security group rule", "The rule") },
  operation: neutron.server.deleteSecurityGroupRule,
  status: 204,
  does: (ask) => {
    const { net } = ask;
    const rule = ask.id("security group rule", "rule");
    const { id, project } = net.networks.securityGroups.groupOfRule(rule);
    net.networks.securityGroups.deleteRule(rule);
    net.quotas.add(project, { security_group_rule: -1 });
    ask.drop("security group rule", "rule");
    net.refreshMembers(ask.cloud, [id]);
  },
});

/** Of all ports of the server, as Nova does it. */
function serverGroups(name: "server add security group" | "server remove security group"): ApiOperation {
  const adds = name === "server add security group";
  const operation = adds ? nova.api.addSecurityGroup : nova.api.removeSecurityGroup;
  return {
    name,
    meaning: adds ? "Give all ports of the server a security group" : "Take all ports of the server a security group",
    service: compute,
    rule: adds ? "os_compute_api:os-security-groups:add" : "os_compute_api:os-security-groups:remove",
    parameters: { server: theServer, group },
    workflow: apiRequest(
      name.replaceAll(" ", "-"),
      operation,
      "server id, group",
      decide("there is a server", (cloud, request) => {
        const server = cloud.requests.server[request]!;
        return gateRefuses(cloud, server, "lock");
      }),
      call(neutron.server.listPorts, "server id"),
      change("the group is there", (ask) => void ask.id("security group", "group")),
      call(neutron.server.updatePort, "security groups"),
      change(name, (ask) => {
        const { networks } = ask.net;
        const id = ask.id("security group", "group");
        for (const port of ask.net.portsOn(ask.server)) {
          const others = networks.port(port).securityGroups.filter((other) => other !== id);
          networks.setSecurityGroups(port, adds ? [...others, id] : others);
        }
      }),
      act("members are told", (cloud, request) => {
        const id = cloud.names.find("security group", cloud.requests.text(request, "group")!);
        networkOf(cloud).refreshMembers(cloud, [id]);
      }),
      answer(202),
    ),
  };
}

export const securityGroupOperations: readonly ApiOperation[] = [
  securityGroupCreate,
  securityGroupDelete,
  ruleCreate,
  ruleDelete,
  serverGroups("server add security group"),
  serverGroups("server remove security group"),
];
