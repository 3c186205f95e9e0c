#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for xdg-desktop-portal, and for a file manager where one is wanted: it grants what it is asked for, and
writes a line of JSON for each call. Lines of JSON on its standard input change what it says.

usage: mock-portal.py [--file-manager]      (ends with its standard input)
Input: {"metered": true}, {"available": false}, {"power-saver": true}, {"background": false}, {"autostart": false},
       {"chosen": ["file:///…"]}: what the person chooses in a file chooser; {"chosen": null}: nothing yet
       {"trash": false}: there is no trash; {"trash": null}: it does not answer
"""

import json
import os
import sys
import threading

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402 # pylint: disable=wrong-import-position

BUS_NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
PREFIX = "org.freedesktop.portal."
INTERFACES = """<node>
<interface name="org.freedesktop.portal.Notification">
  <method name="AddNotification"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="RemoveNotification"><arg type="s" direction="in"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.Inhibit">
  <method name="Inhibit"><arg type="s" direction="in"/><arg type="u" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
  <method name="CreateMonitor"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.Background">
  <method name="RequestBackground"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <method name="SetStatus"><arg type="a{sv}" direction="in"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.OpenURI">
  <method name="OpenURI"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <method name="OpenFile"><arg type="s" direction="in"/><arg type="h" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <method name="OpenDirectory"><arg type="s" direction="in"/><arg type="h" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.FileChooser">
  <method name="OpenFile"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <method name="SaveFile"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.Trash">
  <method name="TrashFile"><arg type="h" direction="in"/><arg type="u" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.NetworkMonitor">
  <method name="GetAvailable"><arg type="b" direction="out"/></method>
  <method name="GetMetered"><arg type="b" direction="out"/></method>
  <method name="GetConnectivity"><arg type="u" direction="out"/></method>
  <method name="GetStatus"><arg type="a{sv}" direction="out"/></method>
  <method name="CanReach"><arg type="s" direction="in"/><arg type="u" direction="in"/>
    <arg type="b" direction="out"/></method>
  <signal name="changed"/>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.PowerProfileMonitor">
  <property name="power-saver-enabled" type="b" access="read"/>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.ProxyResolver">
  <method name="Lookup"><arg type="s" direction="in"/><arg type="as" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.portal.Request"><method name="Close"/></interface>
<interface name="org.freedesktop.FileManager1">
  <method name="ShowItems"><arg type="as" direction="in"/><arg type="s" direction="in"/></method>
</interface>
</node>"""
VERSIONS = {"Notification": 1, "Inhibit": 3, "Background": 2, "OpenURI": 3, "FileChooser": 3, "Trash": 1,
            "NetworkMonitor": 3, "PowerProfileMonitor": 1, "ProxyResolver": 1}


def path_of(invocation, handle):
    """Of the file whose descriptor came with the call."""
    fds = invocation.get_message().get_unix_fd_list().peek_fds()
    return os.readlink(f"/proc/self/fd/{fds[handle]}")


class Portal:
    def __init__(self, bus):
        self.bus = bus
        self.says = {"metered": False, "available": True, "power-saver": False, "background": True, "autostart": True,
                     "chosen": [], "trash": True}
        self.infos = {info.name: info for info in Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces}
        self.requests = {}
        self.choosing = []
        for name in VERSIONS:
            bus.register_object(PATH, self.infos[PREFIX + name], self.on_call, self.on_get, None)

    @staticmethod
    def log(method, **details):
        print(json.dumps({"method": method, **details}), flush=True)

    def on_get(self, _bus, _sender, _path, interface, name):
        if name == "power-saver-enabled":
            return GLib.Variant("b", self.says["power-saver"])
        return GLib.Variant("u", VERSIONS[interface[len(PREFIX):]])

    def request(self, sender, options, results=None):
        """The object of a request; with results, they follow as the answer, to who asked and nobody else."""
        token = options.get("handle_token", f"t{len(self.requests)}")
        path = f"{PATH}/request/{sender[1:].replace('.', '_')}/{token}"
        if path not in self.requests:
            self.requests[path] = self.bus.register_object(path, self.infos[PREFIX + "Request"], self.on_call, None,
                                                           None)
        if results is not None:
            answer = GLib.Variant("(ua{sv})", (0, results))
            GLib.timeout_add(50, self.bus.emit_signal, sender, path, PREFIX + "Request", "Response", answer)
        return path

    def choose(self):
        """What is being chosen, once there is an answer."""
        while self.choosing and self.says["chosen"] is not None:
            self.request(*self.choosing.pop(0), {"uris": GLib.Variant("as", self.says["chosen"])})

    def on_call(self, bus, sender, path, interface, method, parameters, invocation):
        arguments = parameters.unpack()
        answer = None
        if method == "AddNotification":
            self.log(method, id=arguments[0], **{name: value for name, value in arguments[1].items() if name != "icon"})
        elif method == "RemoveNotification":
            self.log(method, id=arguments[0])
        elif method == "Inhibit":
            self.log(method, flags=arguments[1], reason=arguments[2].get("reason"))
            answer = GLib.Variant("(o)", (self.request(sender, arguments[2]),))
        elif method == "CreateMonitor":
            answer = GLib.Variant("(o)", (self.request(sender, arguments[1]),))
        elif method == "RequestBackground":
            options = arguments[1]
            wanted = options.get("autostart", False)
            self.log(method, autostart=wanted, reason=options.get("reason"), command=options.get("commandline"))
            answer = GLib.Variant("(o)", (self.request(sender, options, {
                "background": GLib.Variant("b", self.says["background"]),
                "autostart": GLib.Variant("b", wanted and self.says["autostart"])}),))
        elif method == "SetStatus":
            self.log(method, message=arguments[0]["message"])
        elif interface == PREFIX + "FileChooser":
            self.log("Choose", title=arguments[1], directory=arguments[2].get("directory", False))
            self.choosing.append((sender, arguments[2]))
            answer = GLib.Variant("(o)", (self.request(sender, arguments[2]),))
            self.choose()
        elif method == "TrashFile":
            there = path_of(invocation, arguments[0])
            self.log(method, path=there)
            if self.says["trash"] is None:
                return
            if self.says["trash"]:
                os.unlink(there)
            answer = GLib.Variant("(u)", (1 if self.says["trash"] else 0,))
        elif method in ("OpenDirectory", "OpenFile"):
            # Which program it shall be the person never says: no response follows.
            self.log(method, path=path_of(invocation, arguments[1]))
            answer = GLib.Variant("(o)", (self.request(sender, arguments[2]),))
        elif method == "OpenURI":
            self.log(method, uri=arguments[1])
            answer = GLib.Variant("(o)", (self.request(sender, arguments[2]),))
        elif method == "ShowItems":
            self.log(method, uris=arguments[0])
        elif method == "GetAvailable":
            answer = GLib.Variant("(b)", (self.says["available"],))
        elif method == "GetMetered":
            answer = GLib.Variant("(b)", (self.says["metered"],))
        elif method == "GetConnectivity":
            answer = GLib.Variant("(u)", (4 if self.says["available"] else 1,))
        elif method == "GetStatus":
            answer = GLib.Variant("(a{sv})", ({
                "available": GLib.Variant("b", self.says["available"]),
                "metered": GLib.Variant("b", self.says["metered"]),
                "connectivity": GLib.Variant("u", 4 if self.says["available"] else 1)},))
        elif method == "CanReach":
            answer = GLib.Variant("(b)", (self.says["available"],))
        elif method == "Lookup":
            answer = GLib.Variant("(as)", (["direct://"],))
        elif method == "Close":
            self.log(method)
            bus.unregister_object(self.requests.pop(path))
        invocation.return_value(answer)

    def change(self, changes):
        self.says.update(changes)
        self.choose()
        if "power-saver" in changes:
            values = {"power-saver-enabled": GLib.Variant("b", changes["power-saver"])}
            self.bus.emit_signal(None, PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 GLib.Variant("(sa{sv}as)", (PREFIX + "PowerProfileMonitor", values, [])))
        if "metered" in changes or "available" in changes:
            self.bus.emit_signal(None, PATH, PREFIX + "NetworkMonitor", "changed", None)
        self.log("changed", **changes)


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    portal = Portal(bus)
    loop = GLib.MainLoop()
    if "--file-manager" in sys.argv[1:]:
        bus.register_object("/org/freedesktop/FileManager1", portal.infos["org.freedesktop.FileManager1"],
                            portal.on_call, None, None)
        Gio.bus_own_name_on_connection(bus, "org.freedesktop.FileManager1", 0, None, None)
    Gio.bus_own_name_on_connection(bus, BUS_NAME, 0, lambda *_: portal.log("ready"), lambda *_: loop.quit())

    def read_input():
        for line in sys.stdin:
            GLib.idle_add(portal.change, json.loads(line))
        GLib.idle_add(loop.quit)

    threading.Thread(target=read_input, daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
