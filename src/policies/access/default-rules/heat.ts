// Who may do what with Heat, orchestration, by default: see default-rules.ts for how to read the table.
// @source Heat 19.0.0 (Zed): heat/policies/*.py

export const heatRules = `

allow (role:admin and is_admin_project:True) OR (role:admin and system_scope:all)
    context_is_admin

allow role:admin
    project_admin

allow not role:heat_stack_user
    deny_stack_user

allow !
    deny_everybody

allow ""
    allow_everybody

allow (role:admin and system_scope:all) or (role:member and project_id:%(project_id)s)
  formerly rule:deny_stack_user
    actions:action

allow (role:admin and system_scope:all) or (role:member and project_id:%(project_id)s)
  scope system project
  formerly rule:deny_stack_user
    actions:snapshot actions:suspend actions:resume actions:cancel_update actions:cancel_without_rollback cloudformation:CreateStack
    cloudformation:DeleteStack cloudformation:UpdateStack cloudformation:CancelUpdateStack resource:mark_unhealthy software_configs:delete
    software_deployments:create software_deployments:update software_deployments:delete stacks:abandon stacks:create stacks:delete
    stacks:export stacks:generate_template stacks:update stacks:update_patch stacks:preview_update stacks:preview_update_patch
    stacks:validate_template stacks:snapshot stacks:delete_snapshot stacks:restore_snapshot

allow (role:reader and system_scope:all) or (role:reader and project_id:%(project_id)s)
  scope system project
  formerly rule:deny_stack_user
    actions:check build_info:build_info cloudformation:ListStacks cloudformation:DescribeStacks cloudformation:DescribeStackEvents
    cloudformation:ValidateTemplate cloudformation:GetTemplate cloudformation:EstimateTemplateCost cloudformation:DescribeStackResources
    cloudformation:ListStackResources events:index events:show resource:index resource:show software_configs:index software_configs:create
    software_configs:show software_deployments:index software_deployments:show stacks:detail stacks:index stacks:list_resource_types
    stacks:list_template_versions stacks:list_template_functions stacks:preview stacks:resource_schema stacks:show stacks:template
    stacks:environment stacks:files stacks:show_snapshot stacks:list_snapshots stacks:list_outputs stacks:show_output

allow (role:reader and system_scope:all) or (role:reader and project_id:%(project_id)s) or (role:heat_stack_user and project_id:%(project_id)s)
  scope system project
  formerly rule:allow_everybody
    cloudformation:DescribeStackResource resource:metadata resource:signal stacks:lookup

allow rule:project_admin
    resource_types:OS::Nova::Flavor resource_types:OS::Cinder::EncryptedVolumeType resource_types:OS::Cinder::VolumeType
    resource_types:OS::Cinder::Quota resource_types:OS::Neutron::Quota resource_types:OS::Nova::Quota resource_types:OS::Octavia::Quota
    resource_types:OS::Manila::ShareType resource_types:OS::Neutron::ProviderNet resource_types:OS::Neutron::QoSPolicy
    resource_types:OS::Neutron::QoSBandwidthLimitRule resource_types:OS::Neutron::QoSDscpMarkingRule
    resource_types:OS::Neutron::QoSMinimumBandwidthRule resource_types:OS::Neutron::QoSMinimumPacketRateRule
    resource_types:OS::Neutron::Segment resource_types:OS::Nova::HostAggregate resource_types:OS::Cinder::QoSSpecs
    resource_types:OS::Cinder::QoSAssociation resource_types:OS::Keystone::* resource_types:OS::Blazar::Host
    resource_types:OS::Octavia::Flavor resource_types:OS::Octavia::FlavorProfile

allow role:reader and system_scope:all
  formerly rule:context_is_admin
    service:index

allow role:reader and system_scope:all
  scope system project
  formerly rule:deny_everybody
    software_configs:global_index stacks:global_index

allow (role:reader and system_scope:all) or (role:reader and project_id:%(project_id)s) or (role:heat_stack_user and project_id:%(project_id)s)
  scope system project
    software_deployments:metadata

allow rule:stacks:update_patch
  scope system project
    stacks:update_no_change
`;
