#!/usr/bin/env bats
# foster as the init of a machine of its own: a Debian kernel and an initramfs of foster, a static busybox and the witness, under qemu.
# shellcheck source-path=SCRIPTDIR source=host.bash disable=SC2154,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/host.bash"

PC=(-M pc) MICROVM=(-M microvm,acpi=off)

pack() { # the guest as an initramfs, whose init is /init
	ln -sf sbin/init "$ROOT/init"
	(cd "$ROOT" && find . | cpio --quiet -o -H newc) | gzip -1 >initramfs
}

machine() { # KERNEL-ARGUMENTS QEMU-ARGUMENT...: in the background; what the console says is in out
	mkfifo monitor.in monitor.out 2>/dev/null || true
	: >out
	qemu-system-x86_64 "${@:2}" -m 192 -accel tcg -kernel "$HOUSE"/build/kernel/boot/vmlinuz-* -initrd initramfs -append "console=ttyS0 panic=5 $1" \
		-no-reboot -nodefaults -display none -serial file:out -monitor pipe:monitor </dev/null >qemu 2>&1 3>&- &
	QEMU=$!
	BACKGROUND+=("$QEMU")
}

ends() { # qemu by itself, since the machine is off or wanted a restart, and not by a panic
	until_true not kill -0 "$QEMU" 2>/dev/null
	wait "$QEMU"
	BACKGROUND=()
	not grep -E 'Kernel panic|BUG:|Oops|foster: .*cannot' out
}

boots() { # KERNEL-ARGUMENTS QEMU-ARGUMENT...
	machine "$@"
	ends
}

@test "to a shell script's end and power off: all is mounted, the console is open, there is a PATH" {
	guest
	rc <<'END'
#!/bin/sh
echo "script: path $PATH"
awk '{ print "script: mounted", $3, $2, $4 }' /proc/mounts
for fd in 0 1 2; do echo "script: $fd is $(readlink /proc/1/fd/$fd)"; done
echo test >/run/file && echo test >/tmp/file && echo test >/dev/shm/file && echo test >/dev/null && echo "script: all can be written"
(sleep 1000 &)
echo "script: ends"
exit 7
END
	mkdir "$ROOT/data/kept" && touch "$ROOT/tmp/kept"
	rmdir "$ROOT"/{sys,run} # which are made then
	mkdir "$ROOT/dev/console" # the kernel cannot open this one, and starts foster without
	pack
	boots '' "${PC[@]}"
	grep 'unable to open an initial console' out
	sed -i 's/\r$//' out
	grep -x 'script: path /usr/local/sbin:.*:/bin' out
	for mount in 'proc /proc rw,nosuid,nodev,noexec' 'sysfs /sys rw,nosuid,nodev,noexec' 'devtmpfs /dev rw,nosuid' \
		'devpts /dev/pts rw,nosuid,noexec' 'tmpfs /dev/shm rw,nosuid,nodev' 'tmpfs /run rw,nosuid,nodev'; do
		grep "^script: mounted $mount" out
		[[ $(grep -c "^script: mounted [a-z]* ${mount#* }" out) = 1 ]]
	done
	not grep '^script: mounted tmpfs /tmp' out # for there is something
	for fd in 0 1 2; do
		grep -x "script: $fd is /dev/console" out
	done
	grep -x 'script: all can be written' out
	grep -x 'script: ends' out
	grep 'reboot: Power down' out
}

@test "a microVM without ACPI ends by a restart; the kernel's command line has options and a program" {
	guest
	pack
	boots 'reboot=t FOSTER_VERBOSE=1 -- --guest=reboot -e 7:0 /bin/sh -c exit${IFS}7' "${MICROVM[@]}"
	grep 'foster: program (pid [0-9]*) exited with 7' out
	grep 'reboot: Restarting system' out
}

@test "Ctrl-Alt-Del stops the program and restarts the machine" {
	guest
	rc <<'END'
#!/bin/sh
trap 'sleep 1; echo "script: saved"; exit' TERM
echo 'script: ready'
while :; do sleep 1000 & wait $!; done
END
	pack
	machine 'FOSTER_VERBOSE=1' "${PC[@]}"
	until_true grep -q 'script: ready' out
	echo 'sendkey ctrl-alt-delete' >monitor.in
	ends
	grep 'script: saved' out
	grep 'foster: INT from the terminal: stopping' out
	grep 'reboot: Restarting system' out
}

modules() { # NAME...: into the guest, and into its /etc/modules in the order in which they are to be loaded
	local kernel=$HOUSE/build/kernel name module version
	version=$(basename "$kernel"/lib/modules/*)
	depmod -b "$kernel" "$version"
	for name; do
		modprobe -d "$kernel" -S "$version" --show-depends "$name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >list
	while read -r module; do
		install -m 644 -D -t "$ROOT/lib/modules" "$module"
		echo "insmod /lib/modules/${module##*/}"
	done <list >"$ROOT/etc/modules"
}

@test "a disk's file system is clean in the end, also where somebody would not let go of it" {
	guest
	rc <<'END'
#!/bin/sh
. /etc/modules
mkdir '/disk one'
mount -t ext4 /dev/vda '/disk one' || exit 1
echo kept >'/disk one/file'
(trap '' TERM; sleep 1000 >'/disk one/open' &)
while [ ! -e '/disk one/open' ]; do :; done
echo 'script: written'
END
	modules virtio_pci virtio_blk ext4
	truncate -s 16M disk
	mke2fs -q -t ext4 disk
	pack
	boots '-- --guest=poweroff --leftovers none' "${PC[@]}" -drive file=disk,format=raw,if=virtio
	grep 'script: written' out
	[[ $(debugfs -R 'cat /file' disk 2>/dev/null) = kept ]]
	dumpe2fs -h disk 2>/dev/null >header
	grep -E '^Filesystem state: +clean$' header
	not grep needs_recovery header
}

@test "nothing to run, and a wrong option, end the machine without a panic" {
	guest
	pack
	for words in '' '-- --foo'; do
		machine "$words" "${PC[@]}"
		until_true not kill -0 "$QEMU" 2>/dev/null
		not grep 'Kernel panic' out
		grep -E 'foster: (no program to run: no argument|--foo: no such option)' out
		grep 'reboot: Power down' out
	done
}
