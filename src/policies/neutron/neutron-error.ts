// What Neutron answers when it refuses: an error of its own name and the status of the kind it belongs to.
// @source neutron_lib/exceptions/*.py, neutron/extensions/securitygroup.py, neutron/ipam/exceptions.py (Zed)

const statuses = {
  AddressInUse: 409,
  FlatNetworkInUse: 409,
  FloatingIPPortAlreadyAssociated: 409,
  GatewayConflictWithAllocationPools: 409,
  IpAddressAlreadyAllocated: 409,
  IpAddressGenerationFailure: 409,
  IpAddressInUse: 409,
  L3PortInUse: 409,
  MacAddressInUse: 409,
  NetworkInUse: 409,
  OverlappingAllocationPools: 409,
  OverQuota: 409,
  PortInUse: 409,
  RouterExternalGatewayInUseByFloatingIp: 409,
  RouterInUse: 409,
  RouterInterfaceInUseByFloatingIP: 409,
  SecurityGroupCannotRemoveDefault: 409,
  SecurityGroupInUse: 409,
  SecurityGroupRuleExists: 409,
  ServicePortInUse: 409,
  SubnetInUse: 409,
  TunnelIdInUse: 409,
  VlanIdInUse: 409,
  BadRequest: 400,
  ExternalGatewayForFloatingIPNotFound: 404,
  FloatingIPNotFound: 404,
  NetworkNotFound: 404,
  PortNotFound: 404,
  RouterInterfaceNotFound: 404,
  RouterInterfaceNotFoundForSubnet: 404,
  RouterNotFound: 404,
  SecurityGroupNotFound: 404,
  SecurityGroupRuleNotFound: 404,
  SubnetNotFound: 404,
  MacAddressGenerationFailure: 503,
  NoNetworkAvailable: 503,
  InvalidAllocationPool: 400,
  InvalidCIDR: 400,
  InvalidInput: 400,
  InvalidIpForNetwork: 400,
  InvalidIpForSubnet: 400,
  NetworkTunnelRangeError: 500,
  NetworkVlanRangeError: 500,
  OutOfBoundsAllocationPool: 400,
  PhysicalNetworkNameError: 500,
  SecurityGroupEthertypeConflictWithProtocol: 400,
  SecurityGroupInvalidIcmpValue: 400,
  SecurityGroupInvalidPortRange: 400,
  SecurityGroupInvalidPortValue: 400,
  SecurityGroupInvalidProtocolForPort: 400,
  SecurityGroupMissingIcmpType: 400,
  SecurityGroupMultipleRemoteEntites: 400,
  SecurityGroupProtocolRequiredWithPorts: 400,
  SecurityGroupRuleInvalidEtherType: 400,
  SecurityGroupRuleInvalidProtocol: 400,
  SecurityGroupRuleParameterConflict: 400,
} as const;

export type NeutronErrorName = keyof typeof statuses;

export class NeutronError extends Error {
  /** Neutron's class, spelt as Neutron spells it. */
  readonly type: NeutronErrorName;
  /** Of HTTP; 500 for what stops the server from starting. */
  readonly status: number;

  constructor(type: NeutronErrorName, message: string) {
    super(message);
    this.name = "NeutronError";
    this.type = type;
    this.status = statuses[type];
  }
}
