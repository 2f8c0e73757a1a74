set :branch, "main"
server "pakashop-staging", roles: %w[app]
# The lab's own ssh configuration, which has address, user, key and known hosts. The connection is kept for the whole deploy.
set :ssh_options, config: ENV.fetch("LAB_SSH_CONFIG"), verify_host_key: :always
