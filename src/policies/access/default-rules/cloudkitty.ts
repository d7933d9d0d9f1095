// Who may do what with CloudKitty, rating, by default: see default-rules.ts for how to read the table.
// @source CloudKitty 17.0.0 (Zed): cloudkitty/common/policies/*.py

export const cloudkittyRules = `

allow role:admin
    context_is_admin collector:list_mappings collector:get_mapping collector:manage_mapping collector:get_state collector:update_state
    rating:list_modules rating:get_module rating:update_module rating:module_config report:list_tenants dataframes:add
    v2_rating:list_modules v2_rating:get_module scope:get_state scope:reset_state scope:patch_state scope:post_state
    schedule:task_reprocesses schedule:get_task_reprocesses

allow is_admin:True or (role:admin and is_admin_project:True) or project_id:%(project_id)s
    admin_or_owner

allow ""
    default info:list_services_info info:get_service_info info:list_metrics_info info:get_metric_info info:get_config rating:quote

allow rule:admin_or_owner
    report:get_summary report:get_total storage:list_data_frames dataframes:get summary:get_summary
`;
