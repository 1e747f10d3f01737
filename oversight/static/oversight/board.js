// Charts of the boards; the tables beside them say the same without scripts.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("chart-data")?.textContent || "null");
  if (!data || !window.echarts) return;
  const colours = { red: "#d63939", orange: "#f76707", yellow: "#f0b400", green: "#2f9e44", none: "#98a2b0" };
  const dark = document.body.classList.contains("screen");
  const shades = dark ? ["#7fb2ff", "#8fdc9f", "#ff9b9b"] : ["#1b4f9c", "#2f9e44", "#d63939"];
  const size = dark ? Math.max(12, Math.round(window.innerHeight / 55)) : 12;
  const ink = dark ? "#dfe8f5" : "#475467";
  const axis = { axisLabel: { color: ink, fontSize: size }, splitLine: { lineStyle: { color: dark ? "#24406b" : "#e6e9ef" } } };
  const draw = (id, option) => {
    const box = document.getElementById(id);
    if (!box) return;
    box.hidden = false;
    const chart = window.echarts.init(box);
    chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: size }, aria: { enabled: true }, ...option });
    chart.on("click", (event) => { if (event.data?.url) window.location.assign(event.data.url); });
    window.addEventListener("resize", () => chart.resize());
    window.addEventListener("beforeprint", () => chart.resize());
  };
  const lines = (legend) => ({
    tooltip: { renderMode: "richText", trigger: "axis" },
    legend: { top: 0, data: legend, textStyle: { color: ink, fontSize: size } },
    grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
  });
  const total = (data.lights || []).reduce((sum, light) => sum + light.value, 0);
  if (total) {
    draw("chart-lights", {
      tooltip: { renderMode: "richText", formatter: "{b}  {c}  {d}%" },
      title: { text: String(total), left: "center", top: "middle", textStyle: { fontSize: 28, color: dark ? ink : "#1f2a37" } },
      series: [{
        type: "pie", radius: ["55%", "80%"], label: { formatter: "{b} {c}", color: ink, fontSize: size },
        data: data.lights.filter((light) => light.value).map((light) => ({ name: light.name, value: light.value, url: light.url, itemStyle: { color: colours[light.look] } })),
      }],
    });
  }
  if (data.trend) {
    draw("chart-trend", {
      ...lines(data.trend.series.map((one) => one.name)),
      xAxis: { type: "category", boundaryGap: false, data: data.trend.days, axisLabel: { color: ink, fontSize: size, formatter: (day) => day.slice(5) } },
      yAxis: { type: "value", minInterval: 1, ...axis },
      series: data.trend.series.map((one, index) => ({ name: one.name, type: "line", data: one.values, showAllSymbol: true, symbolSize: 6, lineStyle: { width: 2 }, itemStyle: { color: shades[index] }, areaStyle: index === 2 ? { opacity: 0.12 } : undefined })),
    });
  }
  if (data.line) {
    const [reported, path, ahead] = data.line.names;
    draw("chart-target", {
      ...lines(data.line.names),
      xAxis: { type: "time", axisLabel: { color: ink, hideOverlap: true } },
      yAxis: { type: "value", name: data.line.unit, scale: true, ...axis },
      series: [
        { name: path, type: "line", data: data.line.path, symbol: "none", lineStyle: { type: "dashed", color: "#98a2b0" }, itemStyle: { color: "#98a2b0" } },
        { name: reported, type: "line", data: data.line.readings, symbolSize: 8, itemStyle: { color: "#1b4f9c" } },
        { name: ahead, type: "line", data: data.line.ahead, symbol: "none", lineStyle: { type: "dotted", color: "#f76707" }, itemStyle: { color: "#f76707" } },
      ],
    });
  }
  if (data.agencies?.length) {
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
