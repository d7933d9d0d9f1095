// Who may do what with Neutron, the network service, by default: see default-rules.ts for how to read the table.
// @source Neutron 21.0.0 (Zed): neutron/conf/policies/*.py

export const neutronRules = `

allow role:admin
    context_is_admin

allow tenant_id:%(tenant_id)s
    owner

allow rule:context_is_admin or rule:owner
    admin_or_owner

allow role:advsvc
    context_is_advsvc

allow rule:context_is_admin or tenant_id:%(network:tenant_id)s
    admin_or_network_owner

allow rule:owner or rule:admin_or_network_owner
    admin_owner_or_network_owner

allow tenant_id:%(network:tenant_id)s
    network_owner

allow rule:context_is_admin
    admin_only

allow ""
    regular_user

allow field:networks:shared=True
    shared

allow rule:admin_or_owner
    default

allow rule:context_is_admin or tenant_id:%(ext_parent:tenant_id)s
    admin_or_ext_parent_owner

allow tenant_id:%(ext_parent:tenant_id)s
    ext_parent_owner

allow tenant_id:%(security_group:tenant_id)s
    sg_owner

allow field:address_groups:shared=True
    shared_address_groups

allow role:reader and project_id:%(project_id)s or rule:shared_address_groups
  scope project
  formerly rule:admin_or_owner or rule:shared_address_groups
    get_address_group

allow field:address_scopes:shared=True
    shared_address_scopes

allow rule:admin_only or role:member and project_id:%(project_id)s
  scope project
  formerly rule:regular_user
    create_address_scope create_floatingip create_network create_network:port_security_enabled create_port create_port:binding:vnic_type
    create_rbac_policy create_router create_subnetpool

allow rule:admin_only
  scope project
  formerly rule:admin_only
    create_address_scope:shared update_address_scope:shared get_agent update_agent delete_agent create_dhcp-network get_dhcp-networks
    delete_dhcp-network create_l3-router get_l3-routers delete_l3-router get_dhcp-agents get_l3-agents create_flavor update_flavor
    delete_flavor create_service_profile get_service_profile update_service_profile delete_service_profile create_flavor_service_profile
    delete_flavor_service_profile create_floatingip:floating_ip_address get_loggable_resource create_log get_log update_log delete_log
    create_metering_label delete_metering_label create_metering_label_rule delete_metering_label_rule create_network:shared
    create_network:router:external create_network:is_default create_network:segments create_network:provider:network_type
    create_network:provider:physical_network create_network:provider:segmentation_id get_network:segments
    get_network:provider:network_type get_network:provider:physical_network get_network:provider:segmentation_id update_network:segments
    update_network:shared update_network:provider:network_type update_network:provider:physical_network
    update_network:provider:segmentation_id update_network:router:external update_network:is_default get_network_ip_availability
    create_network_segment_range get_network_segment_range update_network_segment_range delete_network_segment_range
    create_port:binding:host_id create_port:binding:profile get_port:binding:vif_type get_port:binding:vif_details
    get_port:binding:host_id get_port:binding:profile get_port:resource_request update_port:binding:host_id update_port:binding:profile
    create_policy update_policy delete_policy create_policy_bandwidth_limit_rule update_policy_bandwidth_limit_rule
    delete_policy_bandwidth_limit_rule create_policy_dscp_marking_rule update_policy_dscp_marking_rule delete_policy_dscp_marking_rule
    create_policy_minimum_bandwidth_rule update_policy_minimum_bandwidth_rule delete_policy_minimum_bandwidth_rule
    update_alias_bandwidth_limit_rule delete_alias_bandwidth_limit_rule update_alias_dscp_marking_rule delete_alias_dscp_marking_rule
    update_alias_minimum_bandwidth_rule delete_alias_minimum_bandwidth_rule get_quota update_quota delete_quota create_router:distributed
    create_router:ha create_router:external_gateway_info:enable_snat create_router:external_gateway_info:external_fixed_ips
    get_router:distributed get_router:ha update_router:distributed update_router:ha update_router:external_gateway_info:enable_snat
    update_router:external_gateway_info:external_fixed_ips create_segment get_segment update_segment delete_segment
    create_subnet:segment_id create_subnet:service_types get_subnet:segment_id update_subnet:segment_id update_subnet:service_types
    create_subnetpool:shared create_subnetpool:is_default update_subnetpool:is_default

allow rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_address_scopes
  scope project
  formerly rule:admin_or_owner or rule:shared_address_scopes
    get_address_scope

allow rule:admin_only or role:member and project_id:%(project_id)s
  scope project
  formerly rule:admin_or_owner
    update_address_scope delete_address_scope update_floatingip delete_floatingip update_network update_network:port_security_enabled
    delete_network update_rbac_policy delete_rbac_policy create_router:external_gateway_info
    create_router:external_gateway_info:network_id update_router update_router:external_gateway_info
    update_router:external_gateway_info:network_id delete_router add_router_interface remove_router_interface add_extraroutes
    remove_extraroutes update_subnetpool delete_subnetpool onboard_network_subnets add_prefixes remove_prefixes

allow role:reader and project_id:%(project_id)s
  scope project
  formerly rule:admin_or_owner
    get_auto_allocated_topology get_local_ip get_ndp_proxy get_trunk

allow role:member and project_id:%(project_id)s
  scope project
  formerly rule:admin_or_owner
    delete_auto_allocated_topology update_local_ip delete_local_ip update_ndp_proxy delete_ndp_proxy create_security_group
    update_security_group delete_security_group create_security_group_rule delete_security_group_rule update_trunk delete_trunk
    add_subports remove_subports

allow rule:admin_only
  scope project
  formerly rule:regular_user
    get_availability_zone get_rule_type

allow (rule:admin_only) or (role:reader and project_id:%(project_id)s)
  scope project
  formerly rule:regular_user
    get_flavor get_flavor_service_profile

allow rule:admin_only or role:reader and project_id:%(project_id)s
  scope project
  formerly rule:admin_or_owner
    get_floatingip get_rbac_policy get_router

allow role:reader and project_id:%(project_id)s
  scope project
  formerly rule:regular_user
    get_floatingip_pool get_security_group get_subports

allow role:member and project_id:%(project_id)s or rule:ext_parent_owner
  scope project
  formerly rule:admin_or_ext_parent_owner
    create_floatingip_port_forwarding update_floatingip_port_forwarding delete_floatingip_port_forwarding create_router_conntrack_helper
    update_router_conntrack_helper delete_router_conntrack_helper create_local_ip_port_association delete_local_ip_port_association

allow role:reader and project_id:%(project_id)s or rule:ext_parent_owner
  scope project
  formerly rule:admin_or_ext_parent_owner
    get_floatingip_port_forwarding get_router_conntrack_helper get_local_ip_port_association

allow role:member and project_id:%(project_id)s
  scope project
  formerly rule:regular_user
    create_local_ip create_ndp_proxy create_trunk

allow rule:admin_only or role:reader and project_id:%(project_id)s
  scope project
  formerly rule:admin_only
    get_metering_label get_metering_label_rule

allow field:networks:router:external=True
    external

allow rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared or rule:external or rule:context_is_advsvc
  scope project
  formerly rule:admin_or_owner or rule:shared or rule:external or rule:context_is_advsvc
    get_network

allow rule:admin_only or role:reader and project_id:%(project_id)s
  scope project
  formerly rule:regular_user
    get_network:router:external get_policy get_policy_bandwidth_limit_rule get_policy_dscp_marking_rule get_policy_minimum_bandwidth_rule
    get_alias_bandwidth_limit_rule get_alias_dscp_marking_rule get_alias_minimum_bandwidth_rule

allow field:port:device_owner=~^network:
    network_device

allow rule:context_is_admin or role:data_plane_integrator
    admin_or_data_plane_int

allow not rule:network_device or rule:admin_only or rule:context_is_advsvc or rule:network_owner
  scope project
  formerly not rule:network_device or rule:context_is_advsvc or rule:admin_or_network_owner
    create_port:device_owner

allow rule:context_is_advsvc or rule:network_owner or rule:admin_only
  scope project
  formerly rule:context_is_advsvc or rule:admin_or_network_owner
    create_port:mac_address create_port:fixed_ips:ip_address create_port:port_security_enabled update_port:fixed_ips
    update_port:fixed_ips:ip_address update_port:port_security_enabled

allow rule:context_is_advsvc or rule:network_owner or rule:admin_only or rule:shared
  scope project
  formerly rule:context_is_advsvc or rule:admin_or_network_owner or rule:shared
    create_port:fixed_ips create_port:fixed_ips:subnet_id update_port:fixed_ips:subnet_id

allow rule:admin_only or rule:network_owner
  scope project
  formerly rule:admin_or_network_owner
    create_port:allowed_address_pairs create_port:allowed_address_pairs:mac_address create_port:allowed_address_pairs:ip_address
    update_port:allowed_address_pairs update_port:allowed_address_pairs:mac_address update_port:allowed_address_pairs:ip_address

allow rule:admin_only or rule:context_is_advsvc or role:reader and project_id:%(project_id)s
  scope project
  formerly rule:context_is_advsvc or rule:admin_owner_or_network_owner
    get_port

allow rule:admin_only or role:member and project_id:%(project_id)s or rule:context_is_advsvc
  scope project
  formerly rule:admin_or_owner or rule:context_is_advsvc
    update_port update_port:binding:vnic_type

allow not rule:network_device or rule:context_is_advsvc or rule:network_owner or rule:admin_only
  scope project
  formerly not rule:network_device or rule:context_is_advsvc or rule:admin_or_network_owner
    update_port:device_owner

allow rule:admin_only or rule:context_is_advsvc
  scope project
  formerly rule:admin_only or rule:context_is_advsvc
    update_port:mac_address

allow rule:admin_only or role:data_plane_integrator
  scope project
  formerly rule:admin_or_data_plane_int
    update_port:data_plane_status

allow rule:admin_only or rule:context_is_advsvc or role:member and project_id:%(project_id)s
  scope project
  formerly rule:context_is_advsvc or rule:admin_owner_or_network_owner
    delete_port

allow rule:admin_only or role:reader and project_id:%(project_id)s
  scope project
    get_policy_packet_rate_limit_rule get_policy_minimum_packet_rate_rule

allow rule:admin_only
  scope project
    create_policy_packet_rate_limit_rule update_policy_packet_rate_limit_rule delete_policy_packet_rate_limit_rule
    create_policy_minimum_packet_rate_rule update_policy_minimum_packet_rate_rule delete_policy_minimum_packet_rate_rule

allow rule:get_policy_minimum_packet_rate_rule
  scope project
    get_alias_minimum_packet_rate_rule

allow rule:update_policy_minimum_packet_rate_rule
  scope project
    update_alias_minimum_packet_rate_rule

allow rule:delete_policy_minimum_packet_rate_rule
  scope project
    delete_alias_minimum_packet_rate_rule

allow (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*) or rule:admin_only
    restrict_wildcard

allow rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)
  scope project
  formerly rule:restrict_wildcard
    create_rbac_policy:target_tenant

allow rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)
  scope project
  formerly rule:restrict_wildcard and rule:admin_or_owner
    update_rbac_policy:target_tenant

allow rule:context_is_admin or tenant_id:%(security_group:tenant_id)s
    admin_or_sg_owner

allow rule:owner or rule:admin_or_sg_owner
    admin_owner_or_sg_owner

allow role:reader and project_id:%(project_id)s or rule:sg_owner
  scope project
  formerly rule:admin_owner_or_sg_owner
    get_security_group_rule

allow role:reader
  scope project
  formerly rule:regular_user
    get_service_provider

allow rule:admin_only or role:member and project_id:%(project_id)s or rule:network_owner
  scope project
  formerly rule:admin_or_network_owner
    create_subnet update_subnet delete_subnet

allow rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared
  scope project
  formerly rule:admin_or_owner or rule:shared
    get_subnet

allow field:subnetpools:shared=True
    shared_subnetpools

allow rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_subnetpools
  scope project
  formerly rule:admin_or_owner or rule:shared_subnetpools
    get_subnetpool
`;
