#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The part of systemd_boot.sh that runs in the new namespaces: builds the root file system and becomes systemd.
set -euo pipefail

# systemd needs these variables' values here, and a clean environment later.
: "${work:?}" "${root:?}" "${build:?}"
mount -t tmpfs -o size=512m tmpfs /run
mkdir /run/{upper,scratch,root}
new=/run/root
mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/scratch overlay $new

# Nothing of the host's own services, and no account that an earlier installation made.
rm -rf $new/etc/systemd/system/*.wants $new/etc/systemd/system/*.service $new/.dockerenv $new/var/log/journal
rm -rf $new/etc/nurtured $new/var/lib/nurtured
DESTDIR=$new cmake --install "$build" >/dev/null

mkdir -p $new/nurtured-test
install -m 755 "$root"/tests/functional/{systemd_inside,common}.sh $new/usr/local/sbin/
cat >$new/etc/systemd/system/nurtured-test.service <<'UNIT'
[Unit]
Description=The test
After=basic.target dbus.service
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/systemd_inside.sh
StandardOutput=file:/nurtured-test/result
StandardError=inherit
TimeoutStartSec=100s
UNIT
cat >$new/etc/systemd/system/nurtured-test.target <<'UNIT'
[Unit]
Requires=basic.target dbus.service
Wants=nurtured-test.service
AllowIsolate=yes
UNIT

mount --bind "$work" $new/nurtured-test
mount -t proc proc $new/proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs $new/sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 $new/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs $new/dev
for device in null zero full random urandom tty; do
    : >$new/dev/$device
    mount --bind /dev/$device $new/dev/$device
done
mkdir $new/dev/pts $new/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts $new/dev/pts
ln -s pts/ptmx $new/dev/ptmx
ln -s /proc/self/fd $new/dev/fd
mount -t tmpfs -o mode=1777 tmpfs $new/dev/shm
mount -t tmpfs -o mode=755 tmpfs $new/run
mount -t tmpfs -o mode=1777 tmpfs $new/tmp

hostname nurtured-test
ip link set lo up
cd $new
mkdir -p .old
pivot_root . .old
umount -l /.old
# Without this LoadCredential= gives the unit an empty directory.
mount --make-rshared /
exec env -i container=nurtured-test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --unit=nurtured-test.target --log-target=journal --show-status=no
