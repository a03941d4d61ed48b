#!/bin/bash
# run_node.sh ROOT NODE DIST_PORT: RabbitMQ with what lies in ROOT/nodes/NODE; a session and processes of its own, that all end
# with the first of them, so that a kill leaves nothing behind, and with whoever started it.
set -euo pipefail

export root=$1 node=$2 dist_port=$3
exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
server=$(cd "$root" && echo usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server)
exec env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME="/nodes/$node" LANG=C.UTF-8 RUNNING_UNDER_SYSTEMD=1 \
  ERL_EPMD_PORT=14369 ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME="$node@localhost" RABBITMQ_DIST_PORT="$dist_port" \
  RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="/nodes/$node/rabbitmq.conf" \
  RABBITMQ_ENABLED_PLUGINS_FILE="/nodes/$node/enabled_plugins" RABBITMQ_MNESIA_BASE="/nodes/$node/data" \
  RABBITMQ_LOG_BASE="/nodes/$node/log" chroot "$root" "/$server"'
