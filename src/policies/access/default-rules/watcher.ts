// Who may do what with Watcher, optimisation, by default: see default-rules.ts for how to read the table.
// @source Watcher 9.0.0 (Zed): watcher/common/policies/*.py

export const watcherRules = `

allow role:admin or role:administrator
    admin_api

allow rule:admin_api or role:service
    admin_or_service_api

allow !
    show_password

allow rule:admin_api
    action:detail action:get action:get_all action_plan:delete action_plan:detail action_plan:get action_plan:get_all action_plan:update
    action_plan:start audit:create audit:delete audit:detail audit:get audit:get_all audit:update audit_template:create
    audit_template:delete audit_template:detail audit_template:get audit_template:get_all audit_template:update data_model:get_all
    goal:detail goal:get goal:get_all scoring_engine:detail scoring_engine:get scoring_engine:get_all service:detail service:get
    service:get_all strategy:detail strategy:get strategy:get_all strategy:state

allow rule:admin_or_service_api
    webhook:trigger
`;
