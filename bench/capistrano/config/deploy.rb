# Nothing here waits for a health check, and nothing is undone: Capistrano has neither.
require "json"

set :application, "pakashop"
# As a host of the lab sees the origin.
set :repo_url, "/srv/lab/pakashop.git"
set :keep_releases, 5
# A host of the lab runs its units in /opt/pakashop, a plain checkout, which Capistrano's layout of releases has no place
# for. It deploys beside that, and restarts the same units all the same: it is the time that counts here.
set :deploy_to, "/opt/pakashop-cap"
set :format_options, log_file: nil

services = JSON.parse(File.read(File.expand_path("../../../services.json", __dir__))).fetch("services")

namespace :shop do
  desc "Build every service, with the commands of scripts/deploy.sh"
  task :build do
    on roles(:app) do
      services.each do |service|
        within release_path.join(service.fetch("path")) do
          case service.fetch("runtime")
          when "node"
            execute :npm, "ci", "--omit=dev"
          when "go"
            execute :go, "build", "-o", "bin/#{service.fetch('name')}", "."
          when "python"
            if test("grep -q '^[^#]' #{release_path.join(service.fetch('path'), 'requirements.txt')}")
              execute :python3, "-m", "venv", ".venv"
              execute ".venv/bin/pip", "install", "--quiet", "-r", "requirements.txt"
            end
          end
        end
      end
    end
  end

  desc "Restart every service"
  task :restart do
    on roles(:app) do
      services.each { |service| execute :sudo, "-n", "/bin/systemctl", "restart", "pakashop-#{service.fetch('name')}" }
    end
  end
end

after "deploy:updated", "shop:build"
after "deploy:published", "shop:restart"
