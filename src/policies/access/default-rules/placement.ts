// Who may do what with Placement, by default: see default-rules.ts for how to read the table.
// @source Placement (Zed): placement/policies/*.py

export const placementRules = `

allow role:admin
  scope system
    admin_api

allow role:admin and system_scope:all
  formerly role:admin
    system_admin_api

allow role:reader and system_scope:all
  formerly role:admin
    system_reader_api

allow role:reader and project_id:%(project_id)s
  formerly role:admin
    project_reader_api

allow rule:system_reader_api or rule:project_reader_api
  formerly role:admin
    system_or_project_reader

allow rule:system_reader_api
  scope system
    placement:resource_providers:list placement:resource_providers:show placement:resource_classes:list placement:resource_classes:show
    placement:resource_providers:inventories:list placement:resource_providers:inventories:show
    placement:resource_providers:aggregates:list placement:resource_providers:usages placement:traits:list placement:traits:show
    placement:resource_providers:traits:list placement:allocations:list placement:resource_providers:allocations:list
    placement:allocation_candidates:list

allow rule:system_admin_api
  scope system
    placement:resource_providers:create placement:resource_providers:update placement:resource_providers:delete
    placement:resource_classes:create placement:resource_classes:update placement:resource_classes:delete
    placement:resource_providers:inventories:create placement:resource_providers:inventories:update
    placement:resource_providers:inventories:delete placement:resource_providers:aggregates:update placement:traits:update
    placement:traits:delete placement:resource_providers:traits:update placement:resource_providers:traits:delete
    placement:allocations:manage placement:allocations:update placement:allocations:delete placement:reshaper:reshape

allow rule:system_or_project_reader
  scope system project
    placement:usages
`;
