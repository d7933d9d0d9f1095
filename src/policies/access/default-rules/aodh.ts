// Who may do what with Aodh, alarms, by default: see default-rules.ts for how to read the table.
// @source Aodh 15.0.0 (Zed): aodh/api/policies.py

export const aodhRules = `

allow role:admin
    context_is_admin

allow rule:context_is_admin
    segregation

allow rule:context_is_admin or project_id:%(project_id)s
    admin_or_owner default

allow (role:reader and system_scope:all) or (role:reader and project_id:%(project_id)s)
  scope system project
  formerly rule:context_is_admin or project_id:%(project_id)s
    telemetry:get_alarm telemetry:get_alarms telemetry:query_alarm telemetry:get_alarm_state telemetry:alarm_history
    telemetry:query_alarm_history

allow role:reader and system_scope:all
  scope system project
  formerly rule:context_is_admin
    telemetry:get_alarms:all_projects

allow (role:admin and system_scope:all) or (role:member and project_id:%(project_id)s)
  scope system project
  formerly ""
    telemetry:create_alarm

allow (role:admin and system_scope:all) or (role:member and project_id:%(project_id)s)
  scope system project
  formerly rule:context_is_admin or project_id:%(project_id)s
    telemetry:change_alarm telemetry:delete_alarm telemetry:change_alarm_state

allow role:admin and system_scope:all
  scope system
  formerly rule:context_is_admin
    telemetry:update_quotas telemetry:delete_quotas
`;
