// Charts of the cockpit; the tables beside them say the same without scripts.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("chart-data")?.textContent || "null");
  if (!data || !window.echarts) return;
  const colours = { red: "#d63939", orange: "#f76707", yellow: "#f0b400", green: "#2f9e44", none: "#98a2b0" };
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const draw = (id, option) => {
    const box = document.getElementById(id);
    if (!box) return;
    box.hidden = false;
    const chart = window.echarts.init(box);
    chart.setOption({ animation: !calm, textStyle: { fontFamily: "inherit" }, aria: { enabled: true }, ...option });
    chart.on("click", (event) => { if (event.data?.url) window.location.assign(event.data.url); });
    window.addEventListener("resize", () => chart.resize());
  };
  const total = data.lights.reduce((sum, light) => sum + light.value, 0);
  if (total) {
    draw("chart-lights", {
      tooltip: { renderMode: "richText", formatter: "{b}  {c}  {d}%" },
      title: { text: String(total), left: "center", top: "middle", textStyle: { fontSize: 28 } },
      series: [{
        type: "pie", radius: ["55%", "80%"], label: { formatter: "{b} {c}" },
        data: data.lights.filter((light) => light.value).map((light) => ({ name: light.name, value: light.value, url: light.url, itemStyle: { color: colours[light.look] } })),
      }],
    });
  }
  if (data.agencies.length) {
    const shades = ["#1b4f9c", "#2f9e44", "#d63939"];
    draw("chart-agencies", {
      tooltip: { renderMode: "richText", trigger: "axis", axisPointer: { type: "shadow" } },
      legend: { top: 0 },
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: data.agencies.map((agency) => agency.name), axisLabel: { interval: 0, rotate: 40, width: 90, overflow: "truncate" } },
      yAxis: { type: "value", minInterval: 1 },
      series: data.series.map((name, index) => ({
        name, type: "bar", barMaxWidth: 18, itemStyle: { color: shades[index] },
        data: data.agencies.map((agency) => ({ value: agency.values[index], url: agency.url })),
      })),
    });
  }
})();
